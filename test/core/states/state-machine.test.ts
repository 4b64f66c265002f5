import { describe, expect, it } from 'vitest';
import { createBundle } from '../../../src/core/bundle/bundle.ts';
import type { RunDetails } from '../../../src/core/reduce/details/run-details.ts';
import { failedAttempt, fleetOf, idOf, migratedAttempt, tenantOf } from '../../support/fleet.ts';
import { FIRST, migrationOf, SECOND, stepMachine } from '../../support/step-machine.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

const broken = failedAttempt('TableExists');
const busy = failedAttempt('ConnectionRefused', true);

// Every state may be invoked twice: what comes of it is the same.
describe.each([1, 2])('an execution whose states are invoked %i times', (invocations) => {
  it('an execution without failures succeeds', async () => {
    const machine = stepMachine({ tenants: fleetOf(3), invocations });
    const { decision, summary } = await machine.run({});
    expect(decision).toBe('DONE');
    expect(summary).toMatchObject({
      runId: 'run-1',
      message: '3 of 3 tenants up to date.',
      counts: { migrated: 3, failed: 0, unknown: 0, skipped: 0 },
      causes: [],
      report: 'memory:run-1/report.html',
    });
    const kept = machine.store.runs.get('run-1');
    expect(kept).toMatchObject({ left: [], report: 'succeeded', state: { status: 'succeeded' } });
    expect(kept?.items.size).toBe(0);
    expect(machine.directory.reached).toEqual(
      new Map([0, 1, 2].map((number) => [idOf(number), `run-1 ${machine.deployed.bundle.hash}`])),
    );
  });

  it('an execution shows in its report hosts, times, and each failed tenant with its half-applied migrations', async () => {
    const statements = [{ number: 1, text: 'create table `a`', standing: 'not known' as const }];
    const half = failedAttempt('HalfApplied');
    const failure = { ...half.failure, statements };
    const machine = stepMachine({
      tenants: fleetOf(40, (number) => ({ host: `db${number % 2}` })),
      attempt: (slug) => (slug === 'tenant-007' ? { ...half, failure } : migratedAttempt),
      invocations,
      renderReport: (_, { details }) => JSON.stringify(details),
    });
    await rejectionOf(machine.run({}));
    const { timeline, hosts, failed } = JSON.parse(
      machine.store.runs.get('run-1')?.report ?? '',
    ) as RunDetails;
    expect(timeline?.from.slice(0, 19)).toBe('2026-11-23T06:00:00');
    expect(hosts.map(({ host, counts }) => [host, counts.changed, counts.failed])).toEqual([
      ['db1:3306', 19, 1],
      ['db0:3306', 20, 0],
    ]);
    expect(failed).toMatchObject([
      { tenants: [{ tenant: { slug: 'tenant-007', host: 'db1:3306' }, tries: 1, statements }] },
    ]);
  });

  it('an execution of no tenants succeeds', async () => {
    const machine = stepMachine({ tenants: [], invocations });
    expect((await machine.run({})).summary.total).toBe(0);
  });

  it('an execution fails with its failed tenants, and a redrive runs only those', async () => {
    const isBroken = new Set(['tenant-003', 'tenant-011', 'tenant-030']);
    const machine = stepMachine({
      tenants: fleetOf(40),
      attempt: (slug) => (isBroken.has(slug) ? broken : migratedAttempt),
      invocations,
    });
    const execution = machine.begin();
    const error = await rejectionOf(machine.run({}, execution));
    expect(error).toMatchObject({ code: 'TenantMigrationsFailed', retryable: false });
    expect(error).toHaveProperty(
      'message',
      'Run run-1: 37 of 40 tenants up to date, 3 failed for 1 reason. [1] 3 tenants (tenant-003, tenant-011, tenant-030): TableExists: TableExists happened. Mend it. Report: memory:run-1/report.html',
    );
    expect(error).toHaveProperty('nextStep', expect.stringContaining('retry the run'));
    expect(machine.store.runs.get('run-1')).toMatchObject({
      left: [3, 11, 30].map(idOf),
      state: { status: 'failed', wavesEntered: 1 },
      report: 'failed',
    });

    isBroken.delete('tenant-011');
    const again = await rejectionOf(machine.redrive(execution));
    expect(again).toHaveProperty('message', expect.stringContaining('38 of 40'));
    expect(execution.attempted).toEqual([['tenant-003', 'tenant-011', 'tenant-030']]);

    isBroken.clear();
    const { summary } = await machine.redrive(execution);
    expect(execution.attempted[0]).toEqual(['tenant-003', 'tenant-030']);
    expect(summary).toMatchObject({ total: 40, counts: { migrated: 40, failed: 0 } });
    expect(machine.store.runs.get('run-1')).toMatchObject({
      left: [],
      summary: { retried: 3 },
      state: { status: 'succeeded' },
    });
  });

  it('an execution takes a corrected row in a redrive, and skips suspended tenants', async () => {
    const tenants = fleetOf(3);
    const machine = stepMachine({
      tenants,
      attempt: (_, { tenant }) =>
        tenant.encryptedPassword === 'right' ? migratedAttempt : failedAttempt('AccessDenied'),
      invocations,
    });
    const execution = machine.begin();
    await rejectionOf(machine.run({}, execution));
    tenants[0] = tenantOf(0, { encryptedPassword: 'right' });
    tenants[1] = tenantOf(1, { status: 'SUSPENDED' });
    tenants.pop();
    const { summary } = await machine.redrive(execution);
    expect(summary.counts).toMatchObject({ migrated: 1, skipped: 2, failed: 0 });
    expect(machine.store.runs.get('run-1')?.left).toEqual([1, 2].map(idOf));
  });

  it('an execution stops after a canary that failed, all of which was attempted', async () => {
    const isBroken = new Set(['tenant-003']);
    const machine = stepMachine({
      tenants: fleetOf(6),
      attempt: (slug) => (isBroken.has(slug) ? broken : migratedAttempt),
      invocations,
    });
    const execution = machine.begin();
    const request = {
      waves: [{ tenants: ['tenant-003', 'tenant-004'] }],
      toleratedFailureCount: 0,
      automaticRetries: 2,
    };
    const error = await rejectionOf(machine.run(request, execution));
    expect(error).toHaveProperty(
      'message',
      expect.stringContaining('1 of 2 canary tenants failed, so the other waves were not started.'),
    );
    expect(execution.attempted).toEqual([['tenant-003', 'tenant-004']]);
    expect(machine.store.runs.get('run-1')).toMatchObject({
      summary: { counts: { migrated: 1, failed: 1, skipped: 4, unknown: 0 } },
      state: { stopped: { reason: 'canary' }, wavesEntered: 1 },
    });

    await rejectionOf(machine.redrive(execution));
    expect(execution.attempted).toEqual([['tenant-003']]);
    isBroken.clear();
    const { summary } = await machine.redrive(execution);
    expect(execution.attempted).toEqual([
      ['tenant-003'],
      ['tenant-000', 'tenant-001', 'tenant-002', 'tenant-005'],
    ]);
    expect(summary.counts).toMatchObject({ migrated: 6, skipped: 0 });
    expect(machine.store.runs.get('run-1')?.state).not.toHaveProperty('stopped');
  });

  it('an execution continues through waves whose failures are tolerated, and fails in the end', async () => {
    const machine = stepMachine({
      tenants: fleetOf(8),
      attempt: (slug) => (slug === 'tenant-000' ? broken : migratedAttempt),
      invocations,
    });
    const execution = machine.begin();
    const request = { waves: [{ percentage: 50 }], toleratedFailureCount: 2 };
    const error = await rejectionOf(machine.run(request, execution));
    expect(error).toHaveProperty('message', expect.stringContaining('7 of 8'));
    expect(execution.rounds).toMatchObject([
      { wave: 1, round: 1, members: 'wave', failedElsewhere: 0 },
      { wave: 2, round: 1, members: 'wave', failedElsewhere: 1 },
      { wave: 3, round: 1, members: 'late', failedElsewhere: 1 },
    ]);
  });

  it('an execution trips its breaker over all waves, and a redrive continues to the end', async () => {
    const isBroken = new Set(['tenant-001', 'tenant-004']);
    const machine = stepMachine({
      tenants: fleetOf(9),
      attempt: (slug) => (isBroken.has(slug) ? broken : migratedAttempt),
      invocations,
    });
    const execution = machine.begin();
    const request = { waves: [{ percentage: 34 }, { percentage: 34 }], toleratedFailureCount: 1 };
    const error = await rejectionOf(machine.run(request, execution));
    expect(error).toHaveProperty(
      'message',
      expect.stringContaining('2 tenants have failed or are unknown, and 1 is tolerated.'),
    );
    expect(execution.attempted.flat()).toHaveLength(5);
    expect(machine.store.runs.get('run-1')).toMatchObject({
      summary: { counts: { migrated: 3, failed: 2, skipped: 4, unknown: 0 } },
      state: { stopped: { reason: 'breaker' }, wavesEntered: 2 },
    });
    isBroken.clear();
    const { summary } = await machine.redrive(execution);
    expect(execution.attempted.map((slugs) => slugs.length)).toEqual([5, 1]);
    expect(summary.counts).toMatchObject({ migrated: 9, failed: 0, skipped: 0 });
  });

  it('an execution retries retryable failures as often as requested', async () => {
    const tries = new Map<string, number>();
    const machine = stepMachine({
      tenants: fleetOf(4),
      attempt: (slug) => {
        const before = tries.get(slug) ?? 0;
        tries.set(slug, before + 1);
        if (slug === 'tenant-000') return broken;
        if (slug === 'tenant-001') return before < 2 ? busy : migratedAttempt;
        if (slug === 'tenant-002') return busy;
        return migratedAttempt;
      },
      invocations,
    });
    const execution = machine.begin();
    await rejectionOf(machine.run({ automaticRetries: 2 }, execution));
    expect(execution.attempted.slice(0, 3)).toEqual([
      ['tenant-000', 'tenant-001', 'tenant-002', 'tenant-003'],
      ['tenant-001', 'tenant-002'],
      ['tenant-001', 'tenant-002'],
    ]);
    expect(execution.rounds.map(({ automatic }) => automatic)).toEqual([0, 1, 2, 0]);
    expect(execution.rounds[1]).toMatchObject({ members: 'retryable', failedElsewhere: 1 });
    expect(machine.store.runs.get('run-1')?.summary).toMatchObject({
      counts: { migrated: 2, failed: 2 },
      retried: 2,
    });
    // A redrive begins anew.
    await rejectionOf(machine.redrive(execution));
    expect(execution.attempted).toEqual([
      ['tenant-002', 'tenant-000'],
      ['tenant-002'],
      ['tenant-002'],
    ]);
  });

  it('an execution does not count a tenant as done without its outcome', async () => {
    let isFixed = false;
    const machine = stepMachine({
      tenants: fleetOf(5),
      attempt: (slug) => {
        if (isFixed) return migratedAttempt;
        if (slug === 'tenant-001') return 'silent';
        if (slug === 'tenant-002') return 'killed';
        return slug === 'tenant-003' ? 'aborted' : migratedAttempt;
      },
      invocations,
    });
    const execution = machine.begin();
    const error = await rejectionOf(machine.run({}, execution));
    expect(error).toHaveProperty(
      'message',
      expect.stringContaining('1 failed for 1 reason, 2 unknown'),
    );
    expect(machine.store.runs.get('run-1')).toMatchObject({
      left: [1, 2, 3].map(idOf),
      summary: {
        counts: { migrated: 2, failed: 1, unknown: 2 },
        failures: [{ code: 'MigratorCrashed' }],
      },
    });
    isFixed = true;
    expect((await machine.redrive(execution)).summary.counts).toMatchObject({
      migrated: 5,
      unknown: 0,
    });
    expect(execution.attempted[0]?.sort()).toEqual(['tenant-001', 'tenant-002', 'tenant-003']);
  });

  it('an execution includes tenants that became active meanwhile, and leaves suspended ones', async () => {
    const tenants = fleetOf(4);
    const machine = stepMachine({
      tenants,
      attempt: (slug) => {
        if (slug === 'tenant-000') tenants.push(tenantOf(9));
        if (slug === 'tenant-000') tenants[3] = tenantOf(3, { status: 'SUSPENDED' });
        return migratedAttempt;
      },
      invocations,
    });
    const execution = machine.begin();
    const { summary } = await machine.run({ waves: [{ percentage: 50 }] }, execution);
    expect(execution.attempted).toEqual([
      ['tenant-000', 'tenant-001'],
      ['tenant-002'],
      ['tenant-009'],
    ]);
    expect(summary).toMatchObject({ total: 5, counts: { migrated: 4, skipped: 1 } });
    expect(machine.store.runs.get('run-1')?.state?.waves.at(-1)).toEqual({
      size: 1,
      canary: false,
      late: true,
    });
  });

  it('an execution fails a tenant whose bundle was deployed away, and takes the new one in a redrive', async () => {
    const machine = stepMachine({
      tenants: fleetOf(3),
      attempt: (slug) => {
        if (slug === 'tenant-001') {
          machine.deployed.bundle = createBundle([FIRST, migrationOf(SECOND.id, 'corrected')]);
        }
        return slug === 'tenant-001' ? broken : migratedAttempt;
      },
      invocations,
    });
    const execution = machine.begin();
    const error = await rejectionOf(
      machine.run({ tenants: ['tenant-001', 'tenant-002'] }, execution),
    );
    expect(error).toHaveProperty('message', expect.stringContaining('BundleChanged'));
    const began = machine.store.runs.get('run-1')?.bundle?.hash;

    machine.deployed.bundle = createBundle([FIRST]);
    expect(await rejectionOf(machine.redrive(execution))).toMatchObject({
      code: 'BundleOlder',
      fault: 'configuration',
      message: expect.stringContaining(SECOND.id),
    });
    expect(machine.store.runs.get('run-1')?.bundle?.hash).toBe(began);
  });
});

it('an execution runs the tenants that an earlier one did not finish, even if that was stopped', async () => {
  const isBroken = new Set(['tenant-001']);
  const machine = stepMachine({
    tenants: fleetOf(4),
    attempt: (slug) => (isBroken.has(slug) ? broken : migratedAttempt),
  });
  await rejectionOf(machine.run({ maxConcurrency: 7 }));
  isBroken.clear();
  const retry = machine.begin('run-2');
  const { summary } = await machine.run({ retryOf: 'run-1' }, retry);
  expect(retry.attempted).toEqual([['tenant-001']]);
  expect(summary.counts.migrated).toBe(1);
  expect(machine.store.runs.get('run-2')?.record.request).toMatchObject({
    maxConcurrency: 7,
    retryOf: 'run-1',
  });
  expect(
    await rejectionOf(machine.run({ retryOf: 'run-2' }, machine.begin('run-3'))),
  ).toMatchObject({ code: 'RunLeavesNothing', fault: 'usage' });
  expect(
    await rejectionOf(machine.run({ retryOf: 'nothing' }, machine.begin('run-4'))),
  ).toMatchObject({ code: 'RunUnknown' });

  // Stopped after it had listed: nobody has reduced anything.
  const stopped = machine.begin('run-5');
  const { round } = await machine.open({}, stopped);
  const { store, directory, deployed } = machine;
  const { listTenants } = await import('../../../src/core/states/list-tenants.ts');
  const { execution } = stopped;
  await listTenants(
    { execution, round },
    { directory, store, bundle: deployed.bundle, now: () => 0 },
  );
  const rest = await machine.run({ retryOf: 'run-5' }, machine.begin('run-6'));
  expect(rest.summary.total).toBe(4);
});

it('an execution of a plan writes nothing anywhere', async () => {
  const machine = stepMachine({
    attempt: () => ({ status: 'planned', pending: ['a.js'], notes: [] }),
  });
  const { summary } = await machine.run({ command: 'plan' });
  expect(summary.counts.planned).toBe(4);
  expect(machine.directory.reached.size).toBe(0);
  expect(machine.store.runs.get('run-1')?.left).toBeUndefined();
});

it('the summary of an execution contains warnings about its surroundings', async () => {
  const others = [{ arn: 'arn:other', name: 'deploy-1', startedAt: '2026-11-23T04:00:00.000Z' }];
  const machine = stepMachine({ others, quota: 10 });
  const { summary } = await machine.run({ maxConcurrency: 50 });
  expect(summary.message).toContain('Another run was under way at the same time: deploy-1.');
  expect(summary.message).toContain('10 functions at a time');
  expect(machine.store.runs.get('run-1')?.summary?.runNotes?.map(({ code }) => code)).toEqual([
    'AnotherRunRunning',
    'ConcurrencyQuotaLow',
  ]);
});

describe('backfills of an execution', () => {
  const NOTE = { code: 'BackfillsPending', message: '1 backfill pending' } as const;
  const applied = (name: string) => [{ name, durationMs: 1 }];
  /** A machine whose odd tenants have a backfill; its log has each attempt with its phase. */
  function backfilling(
    differing: (slug: string, leaves: boolean) => 'killed' | undefined = () => undefined,
  ) {
    const log: string[] = [];
    const machine = stepMachine({
      tenants: fleetOf(6, (number) => ({ host: `db${number % 2}` })),
      attempt: (slug, _, { request, leavesBackfills = false }) => {
        log.push(
          `${slug} ${request.phase}${leavesBackfills ? ', leaves' : ''} ${request.maxPerHost}`,
        );
        const fate = differing(slug, leavesBackfills);
        if (fate !== undefined) return fate;
        const isOdd = Number(slug.slice(-1)) % 2 === 1;
        if (leavesBackfills) {
          return { status: 'migrated', applied: applied('1_a.ts'), notes: isOdd ? [NOTE] : [] };
        }
        return { status: 'migrated', applied: applied('2_fill.ts'), notes: [] };
      },
    });
    return { machine, log };
  }
  const request = { phase: 'all', waves: [{ tenants: ['tenant-003'] }] };

  it('run after the schema of the whole fleet, wave by wave, one at a time on a server', async () => {
    const { machine, log } = backfilling();
    const execution = machine.begin();
    const { summary } = await machine.run(request, execution);
    expect(log.slice(0, 6).every((line) => line.endsWith('schema, leaves undefined'))).toBe(true);
    expect(log.slice(6)).toEqual(['tenant-003 all 1', 'tenant-001 all 1', 'tenant-005 all 1']);
    expect(execution.rounds.map(({ members, backfillsOf }) => [members, backfillsOf])).toEqual([
      ['wave', undefined],
      ['wave', undefined],
      ['late', undefined],
      ['backfills', 1],
      ['backfills', 2],
    ]);
    expect(summary).toMatchObject({ total: 6, counts: { migrated: 6 }, applied: 9, notes: {} });
    expect(machine.store.runs.get('run-1')?.control).toEqual({ isPaused: false });
  });

  it('end with a canary whose backfill failed, and a redrive resumes it and then runs the others', async () => {
    let isBroken = true;
    const { machine, log } = backfilling((slug, leaves) =>
      isBroken && slug === 'tenant-003' && !leaves ? 'killed' : undefined,
    );
    const execution = machine.begin();
    await rejectionOf(machine.run({ ...request, automaticRetries: 0 }, execution));
    expect(log).not.toContain('tenant-001 all 1');
    isBroken = false;
    const { summary } = await machine.redrive(execution);
    expect(log.slice(-3)).toEqual(['tenant-003 all 1', 'tenant-001 all 1', 'tenant-005 all 1']);
    expect(summary).toMatchObject({ counts: { migrated: 6, failed: 0 }, notes: {} });
  });

  it('do not wait for a tenant whose schema change failed within tolerance', async () => {
    const { machine, log } = backfilling((slug) => (slug === 'tenant-000' ? 'killed' : undefined));
    await rejectionOf(machine.run({ phase: 'all', automaticRetries: 0 }));
    expect(log.filter((line) => line.endsWith(' all 1'))).toHaveLength(3);
  });

  it('add no round if no tenant has one, and none with the phase of the schema', async () => {
    for (const phase of ['all', 'schema']) {
      const machine = stepMachine({ tenants: fleetOf(3) });
      const execution = machine.begin();
      await machine.run({ phase }, execution);
      expect(execution.rounds.map(({ members }) => members)).toEqual(['wave', 'late']);
      expect(machine.store.runs.get('run-1')?.control === undefined).toBe(phase === 'schema');
    }
  });
});
