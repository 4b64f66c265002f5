import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

// It starts a server of its own, because it drops databases of other benches.
it('the record of a fleet, in small: two runners, one of which is killed, leave no database wrong', async () => {
  const { FANFOLD_BENCH_URL: _, FANFOLD_MYSQL_URL: __, ...env } = process.env;
  const small = ['--tenants', '20', '--kill-every', '1', '--kills', '1', '--listed', '500'];
  const { stdout } = await run(process.execPath, ['bench/fleet/main.ts', ...small], { env });

  expect(stdout).toMatch(/^20 databases on one server$/m);
  expect(stdout).toMatch(/; 1 kills/);
  expect(stdout).toMatch(/^ {2}wrong: +0$/m);
  expect(stdout).toMatch(/^500 rows listed and folded by their records, 500 up to date/m);
}, 240_000);
