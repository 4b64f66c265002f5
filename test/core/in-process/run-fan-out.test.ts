import { setImmediate as tick } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createBundle, type Migration } from '../../../src/core/bundle/bundle.ts';
import type { ErrorCode } from '../../../src/core/error-codes.ts';
import { FanfoldError } from '../../../src/core/errors.ts';
import type { RunEvent } from '../../../src/core/events.ts';
import { type FanOutDependencies, runFanOut } from '../../../src/core/in-process/run-fan-out.ts';
import type { Attempt, AttemptTenant } from '../../../src/core/migrate/attempt.ts';
import type { NotificationChannel } from '../../../src/core/notify/create-teller.ts';
import { reduceRun } from '../../../src/core/reduce/reduce-run.ts';
import type { RunRequest } from '../../../src/core/request.ts';
import type { Tenant } from '../../../src/core/tenant.ts';
import type { RunNotification } from '../../../src/core/wire/notification-schema.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import {
  directoryOf,
  failedAttempt,
  fleetOf,
  idOf,
  migratedAttempt,
  ONE_APPLIED,
  requestOf,
  tenantOf,
  unchangedAttempt,
} from '../../support/fleet.ts';
import { memoryRunStore } from '../../support/memory-run-store.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

function migration(id: string): Migration {
  const load = () => Promise.reject(new Error('not loaded'));
  return { id, extension: '.ts', checksum: id, load };
}

const bundle = createBundle(
  ['20250101090000_create_tasks', '20250201090000_add_note'].map(migration),
);

interface Given extends Partial<FanOutDependencies> {
  readonly tenants?: Tenant[];
  readonly request?: Partial<RunRequest>;
  readonly attempt?: (slug: string, tenant: Tenant) => Attempt | Promise<Attempt>;
}

/** A fleet in memory; `run` runs it, also more than once. */
function given({ tenants = fleetOf(4), request = {}, attempt, ...rest }: Given = {}) {
  const directory = directoryOf(tenants);
  const store = memoryRunStore();
  const events: RunEvent[] = [];
  const attempted: string[] = [];
  const attemptTenant: AttemptTenant = async (tenant) => {
    attempted.push(tenant.slug);
    return (await attempt?.(tenant.slug, tenant)) ?? migratedAttempt;
  };
  const dependencies: FanOutDependencies = {
    directory,
    store,
    attemptTenant,
    report: (event) => events.push(event),
    renderReport: (summary, run) => `${run.record.id} ${run.state.status} ${summary.total}`,
    clock: fakeClock(),
    random: () => 0.5,
    ...rest,
  };
  const run = async (signal?: AbortSignal, id = 'run-1', again: Partial<RunRequest> = {}) => {
    const asked = requestOf({ maxConcurrency: 1, ...request, ...again });
    const result = await runFanOut({ id, request: asked, bundle }, dependencies, signal);
    const kept = store.runs.get(id);
    // Whatever happened, what is stored folds to what was told.
    if (result.error === undefined && kept?.state !== undefined) {
      const { summary } = await reduceRun(store, id, kept.state.waves);
      expect(summary.failures).toEqual(result.summary.failures);
      expect(kept.summary).toEqual(result.summary);
      expect(kept.state).toEqual(result.state);
    }
    return { ...result, kept };
  };
  const types = () => events.map(({ type }) => type);
  return { directory, store, events, types, attempted, run };
}

describe('a run in which all goes well', () => {
  it('a run without failures reports its events in order and stores them', async () => {
    const { run, events, types, directory } = given({
      tenants: fleetOf(2),
      attempt: (slug) => (slug === 'tenant-001' ? unchangedAttempt : migratedAttempt),
    });
    const { summary, state, location, error, kept } = await run();
    expect(summary).toMatchObject({ total: 2, counts: { migrated: 1, unchanged: 1, failed: 0 } });
    expect(state).toMatchObject({ status: 'succeeded', wavesEntered: 1, stopped: undefined });
    expect([location, error]).toEqual(['memory:run-1', undefined]);
    expect(types()).toEqual([
      'run-started',
      'wave-started',
      'tenant-started',
      'tenant-finished',
      'tenant-started',
      'tenant-finished',
      'run-finished',
    ]);
    expect(events[0]).toMatchObject({ total: 2, waves: 1, bundleHash: bundle.hash });
    expect(events.at(-1)).toMatchObject({ summary, location });
    expect(kept).toMatchObject({ left: [], report: 'run-1 succeeded 2' });
    expect(directory.reached).toEqual(
      new Map([
        [idOf(0), `run-1 ${bundle.hash}`],
        [idOf(1), `run-1 ${bundle.hash}`],
      ]),
    );
  });

  it('a run without failures exists in the store before the first tenant is touched', async () => {
    const seen: unknown[] = [];
    const { run, store } = given({
      tenants: fleetOf(1),
      attempt: () => {
        const kept = store.runs.get('run-1');
        seen.push(kept?.record.bundleHash, kept?.waves, kept?.state?.status);
        return migratedAttempt;
      },
    });
    await run();
    expect(seen).toEqual([bundle.hash, [[idOf(0)]], 'running']);
  });

  it('a run of no tenants succeeds', async () => {
    const { run, types } = given({ tenants: [] });
    const { summary, state } = await run();
    expect(summary.total).toBe(0);
    expect(state).toMatchObject({ status: 'succeeded', waves: [] });
    expect(types()).toEqual(['run-started', 'run-finished']);
  });

  it('a run without failures records versions in pages of 500', async () => {
    const { run, directory } = given({ tenants: fleetOf(1_100) });
    await run();
    expect(directory.reached.size).toBe(1_100);
    expect(directory.pages).toEqual([500, 500, 500, 500, 100, 100]);
  });

  it('a run without failures hands the bundle up to the requested migration to its attempts', async () => {
    const bundles: string[][] = [];
    const { run, directory } = given({
      tenants: fleetOf(1),
      request: { to: '20250101090000_create_tasks.ts' },
      attemptTenant: async (_, context) => {
        bundles.push(context.bundle.migrations.map(({ id }) => id));
        return migratedAttempt;
      },
    });
    const { kept } = await run();
    expect(bundles).toEqual([['20250101090000_create_tasks']]);
    expect(kept?.record.bundleHash).not.toBe(bundle.hash);
    expect(directory.reached.get(idOf(0))).toBe(`run-1 ${kept?.record.bundleHash}`);
  });
});

describe('a rollback', () => {
  const reverted = [ONE_APPLIED];

  it('a rollback asks only the tenants of the run, with all migrations, and lists nobody again', async () => {
    const tenants = fleetOf(3);
    const whole: number[] = [];
    const { run, directory, attempted, events } = given({
      tenants,
      attemptTenant: async ({ slug }, { request, bundle: { migrations } }) => {
        attempted.push(slug);
        if (request.command === 'migrate') return migratedAttempt;
        whole.push(migrations.length);
        return slug === 'tenant-000'
          ? { status: 'reverted', reverted, notes: [] }
          : unchangedAttempt;
      },
    });
    await run();
    tenants.push(...fleetOf(4).slice(3));
    attempted.length = 0;
    const { summary, state, kept } = await run(undefined, 'run-2', {
      command: 'rollback',
      run: 'run-1',
    });
    expect(attempted).toEqual(['tenant-000', 'tenant-001', 'tenant-002']);
    expect(whole).toEqual([2, 2, 2]);
    expect(summary.counts).toMatchObject({ reverted: 1, unchanged: 2, migrated: 0 });
    expect(state.status).toBe('succeeded');
    expect(kept?.left).toEqual([]);
    // A tenant that was rolled back is at no bundle; one that was left alone keeps its version.
    expect(directory.reached.get(idOf(0))).toBe('run-2 null');
    expect(directory.reached.get(idOf(1))).toBe(`run-1 ${bundle.hash}`);
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', runId: 'run-2' });
  });

  it('a rollback keeps what earlier attempts rolled back', async () => {
    let attempts = 0;
    const { run } = given({
      tenants: fleetOf(1),
      request: { command: 'rollback', steps: 2 },
      attemptTenant: async () => {
        attempts += 1;
        return attempts === 1
          ? { ...failedAttempt('FenceLost', true), reverted }
          : { status: 'unchanged', notes: [] };
      },
    });
    const { summary } = await run();
    expect(attempts).toBe(2);
    expect(summary.counts).toMatchObject({ reverted: 1, failed: 0, unchanged: 0 });
  });
});

describe('what is wrong before the first tenant', () => {
  it.each<[string, Partial<RunRequest>]>([
    ['MigrationUnknown', { to: '20250101090000_create_task' }],
    ['TenantUnknown', { tenants: ['nobody'] }],
    ['TenantUnknown', { waves: [{ tenants: ['nobody'] }] }],
    ['RunUnknown', { retryOf: 'nothing' }],
  ])(
    'a mistake that is found before the first tenant is thrown, and no run is stored: %s %j',
    async (code, request) => {
      const { run, store, attempted, events } = given({ request });
      expect(await rejectionOf(run())).toMatchObject({ code, fault: 'usage' });
      expect([store.runs.size, attempted, events]).toEqual([0, [], []]);
    },
  );

  it.each(['createRun', 'writeWaves', 'writeState'] as const)(
    'a store that refuses %s stops the run',
    async (call) => {
      const { run, store, attempted } = given();
      store.failFrom(call, 1);
      expect(await rejectionOf(run())).toMatchObject({ code: 'RunStoreUnwritable' });
      expect(attempted).toEqual([]);
    },
  );

  it('an id that was used before is refused', async () => {
    const { run, attempted } = given({ tenants: fleetOf(1) });
    await run();
    expect(await rejectionOf(run())).toMatchObject({ code: 'RunExists' });
    expect(attempted).toHaveLength(1);
  });
});

describe('failed tenants', () => {
  it('failed tenants do not stop the others', async () => {
    const { run, directory } = given({
      attempt: (slug) => (slug === 'tenant-001' ? failedAttempt('TableExists') : migratedAttempt),
    });
    const { summary, state, kept } = await run();
    expect(summary.counts).toMatchObject({ migrated: 3, failed: 1 });
    expect(state.status).toBe('failed');
    expect(kept?.left).toEqual([idOf(1)]);
    expect(directory.reached.has(idOf(1))).toBe(false);
  });

  it('failed tenants beyond the tolerance stop the run', async () => {
    const { run, attempted, events } = given({
      tenants: fleetOf(10),
      request: { toleratedFailureCount: 1 },
      attempt: (slug) => (slug < 'tenant-004' ? failedAttempt('TableExists') : migratedAttempt),
    });
    const { summary, state, kept } = await run();
    expect(attempted).toEqual(['tenant-000', 'tenant-001']);
    expect(summary.counts).toMatchObject({ failed: 2, skipped: 8, unknown: 0 });
    const stopped = {
      reason: 'breaker',
      message: '2 tenants have failed and 1 is tolerated.',
    };
    expect(state).toMatchObject({ status: 'failed', stopped });
    expect(kept?.left).toHaveLength(10);
    expect(events.filter(({ type }) => type === 'run-stopping')).toEqual([
      { type: 'run-stopping', runId: 'run-1', ...stopped },
    ]);
  });

  it('failed tenants are tolerated as a share of all that are listed', async () => {
    const { run, attempted } = given({
      tenants: fleetOf(40),
      request: { toleratedFailurePercentage: 5 },
      attempt: () => failedAttempt('TableExists'),
    });
    await run();
    expect(attempted).toHaveLength(3);
  });

  it('failed tenants that succeed in an automatic round count as migrated, with all that was applied', async () => {
    const tries = new Map<string, number>();
    const { run, events, directory } = given({
      tenants: fleetOf(3),
      request: { automaticRetries: 2 },
      retry: { attempts: 1, baseMs: 500, capMs: 20_000 },
      attempt: (slug) => {
        const before = tries.get(slug) ?? 0;
        tries.set(slug, before + 1);
        if (slug === 'tenant-000') return failedAttempt('TableExists');
        if (slug === 'tenant-001' && before < 2) {
          return failedAttempt('ConnectionLost', true, before === 0 ? [ONE_APPLIED] : []);
        }
        return unchangedAttempt;
      },
    });
    const { summary, state, kept } = await run();
    expect(summary).toMatchObject({ applied: 1, retried: 1 });
    expect(summary.counts).toMatchObject({ failed: 1, migrated: 1, unchanged: 1 });
    expect(state.status).toBe('failed');
    expect(kept?.left).toEqual([idOf(0)]);
    expect(directory.reached.size).toBe(2);
    expect(events.filter(({ type }) => type === 'round-started')).toEqual([
      { type: 'round-started', runId: 'run-1', wave: 1, round: 2, total: 1 },
      { type: 'round-started', runId: 'run-1', wave: 1, round: 3, total: 1 },
    ]);
  });

  it('failed tenants that fail again count once for the tolerance', async () => {
    const { run, attempted } = given({
      tenants: fleetOf(2),
      request: { automaticRetries: 5, toleratedFailureCount: 2 },
      retry: { attempts: 1, baseMs: 500, capMs: 20_000 },
      attempt: () => failedAttempt('TenantBusy', true),
    });
    const { summary, state } = await run();
    expect(attempted).toHaveLength(12);
    expect(summary.counts.failed).toBe(2);
    expect(state.stopped).toBeUndefined();
  });

  it('failed tenants that are gone by the next round no longer fail the run', async () => {
    const tenants = fleetOf(2);
    const { run } = given({
      tenants,
      request: { automaticRetries: 1 },
      retry: { attempts: 1, baseMs: 500, capMs: 20_000 },
      attempt: (slug) => {
        if (slug !== 'tenant-001') return migratedAttempt;
        tenants.pop();
        return failedAttempt('ConnectionLost', true);
      },
    });
    const { summary, state } = await run();
    expect(summary.counts).toMatchObject({ migrated: 1, skipped: 1, failed: 0 });
    expect(state.status).toBe('succeeded');
  });
});

describe('waves', () => {
  const waves = [{ tenants: ['tenant-003'] }, { percentage: 25 }];

  it('waves run one after the other', async () => {
    const { run, attempted, events } = given({ tenants: fleetOf(5), request: { waves } });
    const { state } = await run();
    expect(attempted).toEqual([
      'tenant-003',
      'tenant-000',
      'tenant-001',
      'tenant-002',
      'tenant-004',
    ]);
    expect(state).toMatchObject({
      status: 'succeeded',
      wavesEntered: 3,
      waves: [
        { size: 1, canary: true },
        { size: 2, canary: false },
        { size: 2, canary: false },
      ],
    });
    expect(events.filter(({ type }) => type === 'wave-started')).toMatchObject([
      { wave: 1, total: 1, canary: true },
      { wave: 2, total: 2, canary: false },
      { wave: 3, total: 2, canary: false },
    ]);
  });

  it('a canary that fails ends the waves after all of its tenants', async () => {
    const { run, attempted, events } = given({
      tenants: fleetOf(6),
      request: { waves: [{ tenants: ['tenant-003', 'tenant-004'] }] },
      attempt: (slug) => (slug === 'tenant-003' ? failedAttempt('TableExists') : migratedAttempt),
    });
    const { summary, state, kept } = await run();
    expect(attempted).toEqual(['tenant-003', 'tenant-004']);
    expect(summary.counts).toMatchObject({ migrated: 1, failed: 1, skipped: 4 });
    expect(state).toMatchObject({
      status: 'failed',
      wavesEntered: 1,
      stopped: {
        reason: 'canary',
        message: '1 of 2 canary tenants failed, so the other waves were not started.',
      },
    });
    expect(kept?.left).toEqual([3, 0, 1, 2, 5].map(idOf));
    expect(events.map(({ type }) => type)).toContain('run-stopping');
  });

  it('waves of a canary run completely, whatever the tolerance', async () => {
    const { run, attempted } = given({
      request: {
        waves: [{ tenants: ['tenant-000', 'tenant-001', 'tenant-002'] }],
        toleratedFailureCount: 0,
      },
      attempt: () => failedAttempt('TableExists'),
    });
    const { state } = await run();
    expect(attempted).toHaveLength(3);
    expect(state).toMatchObject({ wavesEntered: 1, stopped: { reason: 'canary' } });
  });

  it('waves continue after failures within tolerance, and fail the run in the end', async () => {
    const { run, attempted } = given({
      request: { waves: [{ percentage: 50 }] },
      attempt: (slug) => (slug === 'tenant-000' ? failedAttempt('TableExists') : migratedAttempt),
    });
    const { state } = await run();
    expect(attempted).toHaveLength(4);
    expect(state).toMatchObject({ status: 'failed', stopped: undefined, wavesEntered: 2 });
  });

  it('waves do not follow once more tenants have failed than are tolerated', async () => {
    const { run, attempted } = given({
      request: { waves: [{ percentage: 50 }], toleratedFailureCount: 0 },
      attempt: () => failedAttempt('TableExists'),
    });
    const { summary, state } = await run();
    expect(attempted).toHaveLength(1);
    expect(summary.counts).toMatchObject({ failed: 1, skipped: 3 });
    expect(state).toMatchObject({ wavesEntered: 1, stopped: { reason: 'breaker' } });
  });
});

describe('tenants that become active while a run is under way', () => {
  const joining = (request: Partial<RunRequest> = {}, more: Partial<Given> = {}) => {
    const tenants = fleetOf(3);
    const fleet = given({
      tenants,
      request,
      attempt: (slug) => {
        if (slug === 'tenant-001') tenants.push(tenantOf(7), tenantOf(8, { status: 'SUSPENDED' }));
        return migratedAttempt;
      },
      ...more,
    });
    return { tenants, ...fleet };
  };

  it('tenants that become active during a run are migrated at its end', async () => {
    const { run, attempted, events, directory } = joining({ toleratedFailureCount: 0 });
    const { summary, state, kept } = await run();
    expect(attempted.at(-1)).toBe('tenant-007');
    expect(summary).toMatchObject({ total: 4, counts: { migrated: 4 } });
    expect(state).toMatchObject({
      status: 'succeeded',
      wavesEntered: 2,
      waves: [
        { size: 3, canary: false },
        { size: 1, canary: false, late: true },
      ],
    });
    expect(kept?.waves).toEqual([[0, 1, 2].map(idOf), [idOf(7)]]);
    expect(directory.reached.has(idOf(7))).toBe(true);
    expect(events.filter(({ type }) => type === 'tenants-added')).toEqual([
      { type: 'tenants-added', runId: 'run-1', total: 1 },
    ]);
  });

  it.each<[string, Partial<RunRequest>]>([
    ['were named', { tenants: ['tenant-000', 'tenant-001'] }],
    ['were planned', { command: 'plan' }],
  ])('tenants that become active during a run are left alone if tenants %s', async (_, request) => {
    const { run, attempted } = joining(request);
    await run();
    expect(attempted).not.toContain('tenant-007');
  });

  it('tenants that become active during a run are left alone after it was stopped', async () => {
    const stop = new AbortController();
    const { run, tenants, attempted } = joining(
      {},
      {
        attempt: () => {
          tenants.push(tenantOf(7));
          stop.abort();
          return migratedAttempt;
        },
      },
    );
    const { state } = await run(stop.signal);
    expect(attempted).toEqual(['tenant-000']);
    expect(state.waves).toHaveLength(1);
  });
});

describe('a plan', () => {
  it('a plan records and stores nothing', async () => {
    const planned: Attempt = { status: 'planned', pending: ['a.js'], notes: [] };
    const { run, directory } = given({ request: { command: 'plan' }, attempt: () => planned });
    const { summary, state, kept } = await run();
    expect(summary.counts.planned).toBe(4);
    expect(state.status).toBe('succeeded');
    expect(kept?.left).toBeUndefined();
    expect(directory.reached.size).toBe(0);
    expect(
      await rejectionOf(run(undefined, 'run-2', { command: 'migrate', retryOf: 'run-1' })),
    ).toMatchObject({ code: 'PlanLeavesNothing' });
  });
});

describe('an interruption', () => {
  it('an interruption finishes running tenants, starts no more, and a retry does the rest', async () => {
    const controller = new AbortController();
    const { run, attempted, types } = given({
      tenants: fleetOf(6),
      attempt: async (slug) => {
        if (slug === 'tenant-001') controller.abort();
        await tick();
        return migratedAttempt;
      },
    });
    const { summary, state, kept } = await run(controller.signal);
    expect(attempted).toEqual(['tenant-000', 'tenant-001']);
    expect(summary.counts).toMatchObject({ migrated: 2, skipped: 4 });
    expect(state).toMatchObject({ status: 'interrupted', stopped: { reason: 'interrupted' } });
    expect(kept?.left).toEqual([2, 3, 4, 5].map(idOf));
    expect(types().filter((type) => type === 'run-stopping')).toHaveLength(1);

    const retried = await run(undefined, 'run-2', { retryOf: 'run-1' });
    expect(attempted.slice(2)).toEqual(['tenant-002', 'tenant-003', 'tenant-004', 'tenant-005']);
    expect(retried.state.status).toBe('succeeded');

    const nothing = await run(undefined, 'run-3', { retryOf: 'run-2' });
    expect(nothing.summary.total).toBe(0);
  });

  it('an interruption before the first tenant touches none', async () => {
    const { run, attempted } = given();
    const { summary, state } = await run(AbortSignal.abort());
    expect([attempted, summary.counts.skipped, state.status]).toEqual([[], 4, 'interrupted']);
  });

  it('an interruption in an automatic round keeps the failures of the round before', async () => {
    const controller = new AbortController();
    let attempts = 0;
    const { run } = given({
      request: { automaticRetries: 1 },
      retry: { attempts: 1, baseMs: 500, capMs: 20_000 },
      attempt: () => {
        attempts += 1;
        if (attempts === 5) controller.abort();
        return attempts >= 5 ? migratedAttempt : failedAttempt('TenantBusy', true);
      },
    });
    const { summary, kept } = await run(controller.signal);
    expect(attempts).toBe(5);
    expect(summary.counts).toMatchObject({ migrated: 1, failed: 3, skipped: 0 });
    expect(kept?.left).toEqual([1, 2, 3].map(idOf));
  });

  it('an interruption does not read the rest of a large list only to skip it', async () => {
    const controller = new AbortController();
    const { run, directory } = given({
      tenants: fleetOf(2_000),
      attempt: () => {
        controller.abort();
        return migratedAttempt;
      },
    });
    const { summary } = await run(controller.signal);
    expect(summary.counts).toMatchObject({ migrated: 1, skipped: 1_999 });
    expect(directory.pages).toEqual([500, 1]);
  });
});

describe('a run store that fails in the middle', () => {
  it('a run store that fails in the middle stops the run, and all known outcomes are reported', async () => {
    const { run, store, attempted, events } = given({ tenants: fleetOf(20) });
    store.failFrom('append', 3);
    store.failFrom('writeSummary', 1);
    store.failFrom('writeLeft', 1);
    const { summary, state, error } = await run();
    expect(error).toMatchObject({ code: 'RunStoreUnwritable', fault: 'configuration' });
    // The third outcome could not be stored; one more tenant had been started by then.
    expect(attempted.length).toBeLessThanOrEqual(5);
    expect(summary.counts.migrated).toBe(attempted.length);
    expect(summary.counts.skipped).toBe(20 - attempted.length);
    expect(state).toMatchObject({ status: 'failed', stopped: { reason: 'error' } });
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', summary });
    expect(events.filter(({ type }) => type === 'run-stopping')).toMatchObject([
      { reason: 'error', message: 'The run store cannot be written: append.' },
    ]);
  });

  it('a run store that fails in the middle enters no further wave', async () => {
    const { run, store, attempted } = given({ request: { waves: [{ percentage: 50 }] } });
    store.failFrom('writeState', 3);
    const { state, error } = await run();
    expect(attempted).toHaveLength(2);
    expect(state).toMatchObject({ status: 'failed', wavesEntered: 1 });
    expect(error).toMatchObject({ code: 'RunStoreUnwritable' });
  });

  it.each(['writeLeft', 'writeSummary', 'writeReport'] as const)(
    'a run store that fails at the end (%s) does not hide the result of the run',
    async (call) => {
      const { run, store } = given();
      store.failFrom(call, 1);
      const { summary, state, error } = await run();
      expect(summary.counts.migrated).toBe(4);
      expect(state.status).toBe('succeeded');
      expect(error).toMatchObject({ code: 'RunStoreUnwritable' });
    },
  );

  it('a run store from which nothing can be read back says that nothing is known', async () => {
    const { run, store } = given();
    store.failFrom('readOutcomes', 1);
    const { summary, state, error } = await run();
    expect(summary.counts).toMatchObject({ unknown: 4, migrated: 0 });
    expect(state.status).toBe('failed');
    expect(error).toBeDefined();
  });
});

describe('a central database that fails in the middle', () => {
  const lost = (retryable: boolean) =>
    new FanfoldError('CentralDatabaseLost' as ErrorCode, 'The central database is gone.', {
      fault: 'configuration',
      nextStep: 'Wait.',
      retryable,
    });

  it('a central database that fails in the middle stops the run after the running tenants, and the rest remain', async () => {
    const tenants = fleetOf(1_000);
    const directory = directoryOf(tenants);
    let pages = 0;
    const { run } = given({
      tenants,
      directory: {
        ...directory,
        findByIds: async (ids) => {
          pages += 1;
          if (pages > 1) throw lost(false);
          return directory.findByIds(ids);
        },
      },
    });
    const { summary, state, error, kept } = await run();
    expect(error).toMatchObject({ code: 'CentralDatabaseLost' });
    expect(summary.counts).toMatchObject({ migrated: 500, skipped: 500 });
    expect(state).toMatchObject({ status: 'failed', stopped: { reason: 'error' } });
    expect(kept?.left).toHaveLength(500);
  });

  it('a central database that fails for a moment does not fail the run', async () => {
    const tenants = fleetOf(3);
    const directory = directoryOf(tenants);
    let failures = 5;
    const { run } = given({
      tenants,
      directory: {
        ...directory,
        findByIds: async (ids) => {
          failures -= 1;
          if (failures >= 0) throw lost(true);
          return directory.findByIds(ids);
        },
      },
    });
    expect((await run()).state.status).toBe('succeeded');
  });

  it('a central database that fails when reached versions are recorded is a warning', async () => {
    const tenants = fleetOf(1_200);
    const { run, events } = given({
      tenants,
      directory: {
        ...directoryOf(tenants),
        recordReached: async () => {
          throw lost(true);
        },
      },
    });
    const { summary, state, error } = await run();
    expect([state.status, error]).toEqual(['succeeded', undefined]);
    expect(summary.notes).toEqual({ ReachedNotRecorded: 1_200 });
    expect(events.filter(({ type }) => type === 'warning')).toMatchObject([
      { note: { code: 'ReachedNotRecorded', message: expect.stringContaining('is gone') } },
    ]);
  });
});

it('runFanOut continues when its reporter throws, and reports that at the end', async () => {
  const { run, attempted } = given({
    report: () => {
      throw new Error('The reporter is broken.');
    },
  });
  const { summary, error } = await run();
  expect(attempted).toHaveLength(4);
  expect(summary.counts.migrated).toBe(4);
  expect(error).toMatchObject({ message: 'The reporter is broken.' });
});

describe('notifications of a run', () => {
  /** A channel that takes everything. */
  function taken() {
    const told: RunNotification[] = [];
    const channels: NotificationChannel[] = [
      { name: 'a list', send: async (notification) => void told.push(notification) },
    ];
    const shown = () => told.map(({ change, wave }) => (wave ? `${change} ${wave}` : change));
    return { told, channels, shown };
  }
  const waves = { waves: [{ tenants: ['tenant-000'] }, { percentage: 50 }] };

  it('notifications report that a run has started, has moved on from each wave, and is done', async () => {
    const { told, channels, shown } = taken();
    const { run, types } = given({ tenants: fleetOf(4), request: waves, channels });
    await run();
    expect(shown()).toEqual(['started', 'wave-done 1', 'wave-done 2', 'wave-done 3', 'done']);
    expect(told[0]).toMatchObject({ total: 4, waves: 3, command: 'migrate' });
    expect(told[1]).toMatchObject({ canary: true, counts: { migrated: 1 }, total: 4 });
    expect(told[2]).toMatchObject({ canary: false, counts: { migrated: 3 } });
    expect(told.at(-1)?.text).toBe(
      '✅ Run run-1 is done.\n4 of 4 tenants up to date.\nReport: memory:run-1/report.html',
    );
    expect(types()).not.toContain('warning');
  });

  it('notifications leave out the wave of a run that has one', async () => {
    const { channels, shown } = taken();
    await given({ channels }).run();
    expect(shown()).toEqual(['started', 'done']);
  });

  it('notifications report that a canary has failed, why, and how to retry', async () => {
    const { told, channels, shown } = taken();
    await given({ request: waves, attempt: () => failedAttempt('TableExists'), channels }).run();
    expect(shown()).toEqual(['started', 'failed']);
    expect(told[1]).toMatchObject({
      reason: 'The canary tenant failed, so the other waves were not started.',
      nextStep: 'Retry with: `fanfold migrate:retry run-1`',
      counts: { failed: 1, skipped: 3 },
      causes: [{ tenants: 1 }],
    });
  });

  it('notifications report that a run was stopped', async () => {
    const { channels, shown } = taken();
    await given({ channels }).run(AbortSignal.abort());
    expect(shown()).toEqual(['started', 'stopped']);
  });

  it('a plan sends no notifications, since it changes nothing', async () => {
    const { channels, shown } = taken();
    await given({ request: { command: 'plan' }, channels }).run();
    expect(shown()).toEqual([]);
  });

  it('a notification that cannot be sent is a warning before the last event, and the run succeeds', async () => {
    const channels = [
      { name: 'The webhook at https://example.com', send: () => Promise.reject(new Error('no')) },
    ];
    const { run, types } = given({ tenants: fleetOf(1), channels });
    const { state, error } = await run();
    expect([state.status, error]).toEqual(['succeeded', undefined]);
    expect(types().filter((type) => type === 'warning')).toHaveLength(2);
    expect(types().at(-1)).toBe('run-finished');
  });
});

describe('a run that trusts what is recorded', () => {
  const { hash } = bundle;
  const recorded = () =>
    fleetOf(4, (number) => ({ schemaVersion: number === 2 ? 'another' : hash }));

  it('a run that trusts attempts only tenants that are recorded with another version', async () => {
    const { run, attempted, directory } = given({
      tenants: recorded(),
      request: { probe: 'trust' },
    });
    const { summary } = await run();
    expect(attempted).toEqual(['tenant-002']);
    expect(summary.counts).toMatchObject({ unchanged: 3, migrated: 1 });
    expect(summary.notes).toEqual({ Trusted: 3 });
    expect([...directory.reached.keys()]).toEqual([idOf(2)]);
  });

  it.each<[string, Partial<RunRequest>]>([
    ['does not say that it trusts', {}],
    ['asks', { probe: 'ask' }],
    ['does not probe', { probe: 'none' }],
    ['names its tenants', { probe: 'trust', tenants: fleetOf(4).map(({ slug }) => slug) }],
    ['plans', { probe: 'trust', command: 'plan' }],
    ['rolls back', { probe: 'trust', command: 'rollback', steps: 1 }],
  ])('a run attempts every tenant, whatever is recorded, if it %s', async (_, request) => {
    const { run, attempted } = given({ tenants: recorded(), request });
    await run();
    expect(attempted).toHaveLength(4);
  });

  it('a run does not trust the record of a tenant that failed since', async () => {
    const tenants = recorded();
    const { run, attempted } = given({ tenants, attempt: () => failedAttempt('HalfApplied') });
    await run(undefined, 'run-1', { tenants: ['tenant-001'] });
    expect(tenants.map(({ schemaVersion }) => schemaVersion)).toEqual([
      hash,
      null,
      'another',
      hash,
    ]);
    attempted.length = 0;
    await run(undefined, 'run-2', { probe: 'trust' });
    expect(attempted).toEqual(['tenant-001', 'tenant-002']);
  });
});
