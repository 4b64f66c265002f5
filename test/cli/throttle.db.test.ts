import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { type RealFleet, realFleet } from './support/real-fleet.ts';
import { startCli } from './support/spawn-cli.ts';

const WAIT = { timeout: 60_000, interval: 20 };
/** The process of a run reads wishes once a second. */
const LOOKED_MS = 2_500;

/** Waits for a file with the name of its database, or for one that is for all. */
const WAITS = {
  '1_wait.mjs': `import { existsSync } from 'node:fs';
    import { setTimeout as sleep } from 'node:timers/promises';
    export const up = async (knex) => {
      const [[{ name }]] = await knex.raw('SELECT DATABASE() AS name');
      await knex.schema.createTable('waited', (t) => t.increments());
      while (!existsSync(name) && !existsSync('all')) await sleep(20);
    };`,
};

const names = (count: number) => Array.from({ length: count }, (_, index) => `T${index}`);

/** Tenants whose migration has begun. */
async function begun({ tenants }: RealFleet) {
  const tables = await Promise.all(tenants.map(({ query }) => query("SHOW TABLES LIKE 'waited'")));
  return tenants.filter((_, index) => tables[index]?.length === 1);
}

const hasBegun = (fleet: RealFleet, count: number) =>
  vi.waitFor(async () => expect(await begun(fleet)).toHaveLength(count), WAIT);

const release = ({ folder }: RealFleet, name: string) => writeFile(join(folder, name), '');

const start = (fleet: RealFleet, flags: string[]) =>
  startCli(['migrate:all-tenants', ...flags], { cwd: fleet.folder, env: fleet.env });

it('another process speeds a run up at once, though no tenant has ended', async () => {
  const fleet = await realFleet(names(4), WAITS);
  const run = start(fleet, ['--concurrency', '1']);
  await hasBegun(fleet, 1);
  const { stdout, exitCode } = await fleet.run('throttle last --max-concurrency 3');
  expect(stdout).toMatch(/^🐢 Run \S+: at most 3 tenant\(s\) at a time$/m);
  expect(exitCode).toBe(0);
  await hasBegun(fleet, 3);
  await release(fleet, 'all');
  const end = await run.ended;
  expect(end.stderr).toContain('Note: 3 tenants at a time: the run was throttled.');
  expect(end.stdout).toContain('✅ Successful: 4\n');
  expect(end.exitCode).toBe(0);
}, 120_000);

it('another process slows down a run that chooses its own pace, and later speeds it up again', async () => {
  const fleet = await realFleet(names(13), WAITS);
  const run = start(fleet, ['--json']);
  await hasBegun(fleet, 8);
  expect(await fleet.run('throttle last --max-concurrency 1')).toMatchObject({ exitCode: 0 });
  await vi.waitFor(() => expect(run.stdout).toContain('"pace-changed"'), WAIT);
  for (const { database } of await begun(fleet)) await release(fleet, database);
  await hasBegun(fleet, 9);
  await sleep(LOOKED_MS);
  expect(await begun(fleet)).toHaveLength(9);
  expect(await fleet.run('throttle last --max-concurrency 100')).toMatchObject({ exitCode: 0 });
  await hasBegun(fleet, 13);
  await release(fleet, 'all');
  const { stdout, exitCode } = await run.ended;
  expect(exitCode).toBe(0);
  expect(stdout).toContain('"type":"pace-changed"');
  expect(stdout).toContain('"atATime":1,"why":"throttled"');
}, 120_000);

it('a run that has ended, and one that is not there, cannot be throttled', async () => {
  const fleet = await realFleet(names(1), WAITS);
  await release(fleet, 'all');
  const none = await fleet.run('throttle --max-concurrency 3');
  expect(none.stderr).toContain('There is no run yet.');
  expect(none.exitCode).toBe(2);
  await fleet.run('migrate:all-tenants');
  const over = await fleet.run('throttle last --max-concurrency 3');
  expect(over.stderr).toContain('has ended.');
  expect(over.exitCode).toBe(2);
}, 120_000);
