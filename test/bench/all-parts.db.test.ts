import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { PARTS } from '../../bench/options.ts';

const run = promisify(execFile);

/** As small as each part can be. A part that is added runs with its defaults until it gets a line here. */
const SMALL = [
  ...['--tenants', '2', '--rounds', '1', '--at-a-time', '2', '--latency', '1'],
  ...['--new-tenants', '2', '--migrations', '4'],
  ...['--provisioned', '2', '--listed', '500', '--queued', '2', '--held', '2'],
  ...['--filled', '3000', '--per-second', '50'],
  ...['--forecast', '2', '--rows', '2000', '--shaped', '3', '--peers', '2'],
  // Other programs are not fetched, and have a row that says so.
  ...['--only', PARTS.join(','), '--installed'],
];

/** A line that only this part prints. */
const TITLES: Readonly<Record<(typeof PARTS)[number], RegExp>> = {
  fleets: /^2 tenants, 5 tables each; no TLS; round trips of 1 ms more; medians of 1 rounds$/m,
  provisioning: /^provisioning, 5 tables each/m,
  'new-tenants': /^new tenants: 2 of each way, 4 migrations/m,
  'list-and-fold': /^list and fold: 500 tenants \(5 failed\)/m,
  forecast: /^forecast: 2 fleets of 2 tenants/m,
  queue: /^queries of 2 tenants/m,
  backfill: /^backfill of 3000 rows beside/m,
  shapes: /^shapes: 3 databases/m,
  start: /^\| nothing to do: Fanfold, migrate:database +\| +\d+ \|/m,
  peers: /^\| nothing to do: Fanfold: one process +\| +[\d.]+ \|/m,
};

// It starts a server of its own, because it drops databases of other benches.
it('every part of the bench runs, and the proxy counts the round trips of a tenant', async () => {
  const { FANFOLD_BENCH_URL: _, FANFOLD_MYSQL_URL: __, ...env } = process.env;
  const { stdout } = await run(process.execPath, ['bench/main.ts', ...SMALL], { env });

  for (const part of PARTS) expect(stdout).toMatch(TITLES[part]);
  const trips = (way: string) =>
    stdout
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .filter(([, title, ...cells]) => title?.endsWith(`: ${way}`) && cells.length === 8)
      .map((cells) => [cells[1], cells.at(-2)]);
  expect(trips('packed (fewest packets)')).toEqual([
    ['fresh: packed (fewest packets)', '4'],
    ['one pending: packed (fewest packets)', '5'],
    ['nothing to do: packed (fewest packets)', '4'],
  ]);
  expect(trips('Fanfold')).toEqual([
    ['fresh: Fanfold', '10'],
    ['one pending: Fanfold', '6 (first 7)'],
    ['nothing to do: Fanfold', '4'],
  ]);
}, 600_000);
