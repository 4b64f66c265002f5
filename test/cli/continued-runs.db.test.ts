import { describe, expect, it, vi } from 'vitest';
import { slowMigration } from './support/asleep.ts';
import { type RealFleet, realFleet } from './support/real-fleet.ts';
import { startCli } from './support/spawn-cli.ts';

const NAMES = ['Acme', 'Beta', 'Gamma', 'Delta'];
const WAIT = { timeout: 60_000, interval: 20 };

/** The number of tenants that the central database has with a version. */
async function recorded({ central }: RealFleet): Promise<number> {
  const [row] = await central.query(
    'SELECT COUNT(*) AS tenants FROM fanfold_tenants WHERE schemaVersion IS NOT NULL',
  );
  return Number(row?.tenants);
}

/** A fleet, of which a run was killed after it had recorded some tenants, and while it migrated others. */
async function killedRun(): Promise<{ fleet: RealFleet; runId: string; recorded: number }> {
  const fleet = await realFleet(NAMES, slowMigration(2));
  const argv = ['migrate:all-tenants', '--concurrency', '1', '--json'];
  const cli = startCli(argv, { cwd: fleet.folder, env: fleet.env });
  await vi.waitFor(async () => expect(await recorded(fleet)).toBeGreaterThan(0), WAIT);
  cli.child.kill('SIGKILL');
  const [first = ''] = (await cli.ended).stdout.split('\n');
  return { fleet, runId: JSON.parse(first).runId, recorded: await recorded(fleet) };
}

/** Runs the fleet, and resolves to the last outcome of each tenant. */
async function outcomesOf(fleet: RealFleet, flags = '') {
  const { stdout, stderr, exitCode } = await fleet.run(`migrate:all-tenants --json${flags}`);
  expect(exitCode, stderr).toBe(0);
  const events = stdout.trim().split('\n');
  return events
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === 'tenant-finished')
    .map(
      ({ outcome }) =>
        outcome as { status: string; tries: number; notes: { code: string; message: string }[] },
    );
}

/** Tenants that were not asked. */
function unasked(outcomes: Awaited<ReturnType<typeof outcomesOf>>) {
  return outcomes.filter(({ tries }) => tries === 0);
}

describe('a run after one that was killed', { timeout: 240_000 }, () => {
  it('does not ask tenants that the killed one has recorded, and migrates the others', async () => {
    const { fleet, runId, recorded: done } = await killedRun();
    const outcomes = await outcomesOf(fleet);
    expect(outcomes).toHaveLength(NAMES.length);
    expect(unasked(outcomes)).toHaveLength(done);
    for (const { status, notes } of unasked(outcomes)) {
      expect([status, notes]).toEqual([
        'unchanged',
        [{ code: 'Trusted', message: expect.stringContaining(`run ${runId}, which`) }],
      ]);
    }
    for (const { query } of fleet.tenants) {
      expect(await query('SELECT name FROM knex_migrations')).toEqual([{ name: '1_slow.js' }]);
      expect(await query("SHOW TABLES LIKE 'slow'")).toHaveLength(1);
    }
  });

  it('asks every tenant with --probe ask, and finds what was changed by hand', async () => {
    const { fleet } = await killedRun();
    for (const { query } of fleet.tenants) {
      if ((await query("SHOW TABLES LIKE 'slow'")).length === 0) continue;
      await query('DROP TABLE slow');
      await query('DELETE FROM knex_migrations');
    }
    const outcomes = await outcomesOf(fleet, ' --probe ask');
    expect(unasked(outcomes)).toEqual([]);
    for (const { query } of fleet.tenants) {
      expect(await query("SHOW TABLES LIKE 'slow'")).toHaveLength(1);
    }
  });

  it('is not continued itself once it has ended: the next run asks every tenant', async () => {
    const { fleet } = await killedRun();
    await outcomesOf(fleet);
    const outcomes = await outcomesOf(fleet);
    expect(outcomes.map(({ status }) => status)).toEqual(NAMES.map(() => 'unchanged'));
    expect(unasked(outcomes)).toEqual([]);
  });
});

it('two runs at the same time migrate each tenant once between them', async () => {
  const fleet = await realFleet(NAMES, slowMigration(1));
  const runs = await Promise.all([
    outcomesOf(fleet, ' --concurrency 2'),
    outcomesOf(fleet, ' --concurrency 2'),
  ]);
  expect(runs.map(({ length }) => length)).toEqual([NAMES.length, NAMES.length]);
  const migrated = runs.flat().filter(({ status }) => status === 'migrated');
  expect(migrated).toHaveLength(NAMES.length);
}, 120_000);
