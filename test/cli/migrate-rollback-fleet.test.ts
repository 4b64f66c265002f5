import { describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import type { Attempt } from '../../src/core/migrate/attempt.ts';
import type { RunRequest } from '../../src/core/request.ts';
import { type FakeTenant, failed, fakeFleet } from './support/fake-fleet.ts';
import { fakeHost } from './support/fake-host.ts';

/** Runs several command lines over one fleet and one run store; `run-1` has migrated all of it. */
async function migratedFleet(tenants: readonly FakeTenant[]) {
  const { wiring, attempts } = await fakeFleet(tenants);
  const run = async (argv: string) => {
    const host = fakeHost();
    const exitCode = await runCli(argv.split(' '), host, () => wiring);
    return { host, exitCode };
  };
  await run('migrate:all-tenants --concurrency 1');
  return { run, attempts };
}

/** Migrates like any other, and is rolled back like this. */
function rolledBack(attempt: Attempt): NonNullable<FakeTenant['attempt']> {
  const name = '20250127120000_add_priority_to_tasks.js';
  return (command: RunRequest['command']) =>
    command === 'rollback'
      ? attempt
      : { status: 'migrated', applied: [{ name, durationMs: 3 }], notes: [] };
}

describe('migrate:rollback-run', () => {
  test('migrate:rollback-run lists the migrations that it rolled back by tenant', async () => {
    const { run } = await migratedFleet([
      { slug: 'acme', name: 'Acme' },
      { slug: 'beta', attempt: rolledBack({ status: 'unchanged', notes: [] }) },
    ]);
    const { host, exitCode } = await run('migrate:rollback-run last --yes --concurrency 1');
    expect(host.out).toBe(`\
⏪ Rolling back run run-1...
📋 Found 2 tenant(s) of that run
⏪ Rolling back tenant: Acme (acme_db)
✅ Acme: Rolled back 1 migrations:
- 20250127120000_add_priority_to_tasks.js
⏪ Rolling back tenant: beta (beta_db)
✅ beta: Nothing to roll back
============================================================
📊 Rollback Summary
============================================================
✅ Successful: 2
❌ Failed: 0
🎉 Rollback completed successfully!
`);
    expect(exitCode).toBe(0);
  });

  test('migrate:rollback-run reports a failure and the migrations before it, and can be retried', async () => {
    const reverted = [{ name: '20250127120000_add_priority_to_tasks.js', durationMs: 3 }];
    const attempt = rolledBack({ ...failed('Nothing to drop.'), reverted } as Attempt);
    const { run, attempts } = await migratedFleet([{ slug: 'acme', attempt }, { slug: 'beta' }]);
    const { host, exitCode } = await run('migrate:rollback-run run-1 --yes --concurrency 1');
    expect(host.out).toMatch(/^❌ acme: Rollback failed: Nothing to drop\.$/m);
    expect(host.out).toContain(
      'Rolled back before it: 1 migration (20250127120000_add_priority_to_tasks.js)',
    );
    expect(host.out).toMatch(/Retry with: fanfold migrate:retry run-2\n$/);
    expect(exitCode).toBe(1);

    const retry = await run('migrate:retry last');
    expect(retry.host.out).toContain('⏪ Rolling back tenant: acme (acme_db)\n');
    expect(attempts.slice(4)).toEqual(['acme']);
  });

  test('migrate:rollback-run asks, and fails without a terminal', async () => {
    const { run, attempts } = await migratedFleet([{ slug: 'acme' }]);
    const { host, exitCode } = await run('migrate:rollback-run run-1');
    expect(host.err).toContain('This must be confirmed');
    expect(exitCode).toBe(2);
    expect(attempts).toEqual(['acme']);
  });

  test('migrate:rollback-run refuses the run of a rollback or a plan before it asks', async () => {
    const { run, attempts } = await migratedFleet([{ slug: 'acme' }]);
    await run('migrate:plan');
    await run('migrate:rollback-run run-1 --yes');
    for (const [id, reason] of [
      ['run-2', 'was a plan'],
      ['run-3', 'was a rollback itself'],
    ]) {
      const { host, exitCode } = await run(`migrate:rollback-run ${id}`);
      expect(host.err).toContain(`Run "${id}" ${reason}: it applied nothing`);
      expect(exitCode).toBe(2);
    }
    expect(attempts).toHaveLength(3);
    // The newest run that migrated.
    expect((await run('migrate:rollback-run last --yes')).host.out).toContain(
      'Rolling back run run-1...',
    );
  });
});

describe('migrate:rollback-tenants', () => {
  test('migrate:rollback-tenants rolls back named tenants', async () => {
    const { run, attempts } = await migratedFleet([{ slug: 'acme' }, { slug: 'beta' }]);
    const { host, exitCode } = await run('migrate:rollback-tenants beta --steps 1 --yes');
    expect(host.out).toMatch(/^⏪ Rolling back the newest migration\.\.\.\n📋 Found 1 active/);
    expect(attempts.slice(2)).toEqual(['beta']);
    expect(exitCode).toBe(0);
    await run('migrate:rollback-tenants all --to 20250101090000_create_users --yes');
    expect(attempts.slice(3).toSorted()).toEqual(['acme', 'beta']);
  });

  test.each([
    ['migrate:rollback-tenants acme --yes', 'A rollback needs "run", "steps" or "to"'],
    ['migrate:rollback-tenants --steps 1 --yes', "missing required argument 'slug|id|all'"],
    ['migrate:rollback-tenants acme --steps 0 --yes', 'whole number'],
    ['migrate:rollback-tenants acme --steps 1 --to x --yes', '"steps" and "to" exclude'],
    ['migrate:rollback-tenants acme --to 20250101090000_create_user --yes', 'Did you mean'],
  ])('%s is a wrong command line', async (argv, message) => {
    const { run, attempts } = await migratedFleet([{ slug: 'acme' }]);
    const { host, exitCode } = await run(argv);
    expect(host.err).toContain(message);
    expect(exitCode).toBe(2);
    expect(attempts).toEqual(['acme']);
  });
});

describe('migrate:plan --rollback', () => {
  test('migrate:plan --rollback lists the migrations to roll back', async () => {
    const reverting = ['20250127120000_add_priority_to_tasks.js'];
    const plan = (names: string[]) => (): Attempt => ({
      status: 'planned',
      pending: [],
      reverting: names,
      notes: [],
    });
    const { run } = await migratedFleet([
      { slug: 'acme', attempt: plan(reverting) },
      { slug: 'beta', attempt: plan([]) },
    ]);
    const { host, exitCode } = await run('migrate:plan --rollback run-1 --concurrency 1');
    expect(host.out).toBe(`\
🔎 Planning a rollback, nothing is changed...
📋 Found 2 active tenant(s)
📝 acme (acme_db): Would roll back 1 migrations:
- 20250127120000_add_priority_to_tasks.js
✅ beta (beta_db): Nothing to roll back
============================================================
📊 Rollback Plan
============================================================
📝 Would roll back migrations: 1
✅ Nothing to roll back: 1
❌ Failed: 0
Nothing was changed.
`);
    expect(exitCode).toBe(0);
    expect((await run('migrate:plan --rollback')).exitCode).toBe(2);
    expect((await run('migrate:plan --steps 1')).exitCode).toBe(2);
    expect((await run('migrate:plan acme --rollback --steps 1')).exitCode).toBe(0);
  });
});
