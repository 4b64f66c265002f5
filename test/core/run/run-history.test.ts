import { describe, expect, it } from 'vitest';
import { localHistory } from '../../../src/cli/runs/kept-runs.ts';
import type { Outcome } from '../../../src/core/outcome.ts';
import { tenantsOfCause } from '../../../src/core/reduce/left-of-run.ts';
import type { RunRequest } from '../../../src/core/request.ts';
import {
  newestLeaving,
  runStandings,
  standingOf,
  widerLeaving,
} from '../../../src/core/run/run-history.ts';
import type { RunState } from '../../../src/core/run-store.ts';
import {
  collect,
  failedOutcome,
  failureNamed,
  idOf,
  migratedOutcome,
  requestOf,
  stream,
} from '../../support/fleet.ts';
import { memoryRunStore } from '../../support/memory-run-store.ts';

type Store = ReturnType<typeof memoryRunStore>;

/** Adds a run that began after those before it; tenants are numbers, in the order of its list. */
async function addRun(
  store: Store,
  id: string,
  tenants: readonly number[],
  outcomes: readonly Outcome[],
  request: Partial<RunRequest> = {},
): Promise<void> {
  const startedAt = `2026-11-2${(await store.listRuns()).length}T08:00:00.000Z`;
  await store.createRun({ id, request: requestOf(request), startedAt });
  const members = tenants.map((number) => ({ wave: 1, canary: false, id: idOf(number) }));
  const waves = await store.writeWaves(id, stream(members));
  const sink = await store.openOutcomes(id, 1, 1);
  for (const outcome of outcomes) await sink.append(outcome);
  await sink.close();
  const state: RunState = { status: 'failed', waves, wavesEntered: 1 };
  await store.writeState(id, state);
}

const failed = (number: number, code = 'TableExists', position = number) =>
  failedOutcome(number, { position, failure: failureNamed(code) });
const done = (number: number, position = number) => migratedOutcome(number, { position });

/** The whole fleet: 0 is well, 1 and 2 fail of one cause, 3 of another, 4 was never reached. */
async function fleetRun(store: Store): Promise<void> {
  await addRun(
    store,
    'fleet',
    [0, 1, 2, 3, 4],
    [done(0), failed(1), failed(2), failed(3, 'DatabaseMissing')],
  );
}

describe('the runs of a store', () => {
  it('runs of a store contain the tenants that failed or were not reached, by cause', async () => {
    const store = memoryRunStore();
    await fleetRun(store);
    const [fleet] = await collect(runStandings(localHistory(store)));
    expect(fleet).toMatchObject({ left: 4, doneSince: 0 });
    expect(fleet?.causes.map(({ number, code, left }) => [number, code, left])).toEqual([
      [1, 'TableExists', 2],
      [2, 'DatabaseMissing', 1],
    ]);
    const ids = async (cause?: number) =>
      (await collect(fleet?.tenants(fleet.causes[Number(cause) - 1]) ?? stream([]))).map(
        ({ id }) => id,
      );
    expect(await ids()).toEqual([1, 2, 3, 4].map(idOf));
    expect(await ids(1)).toEqual([1, 2].map(idOf));
    expect(await ids(2)).toEqual([3].map(idOf));
  });

  it('runs of a store do not contain tenants that a later run has finished', async () => {
    const store = memoryRunStore();
    await fleetRun(store);
    await addRun(store, 'retry', [1, 2], [done(1, 0), failed(2, 'TableExists', 1)], {
      retryOf: 'fleet',
      cause: 1,
    });
    const [, fleet] = await collect(runStandings(localHistory(store)));
    expect(fleet).toMatchObject({ left: 3, doneSince: 1 });
    expect(fleet?.causes[0]).toMatchObject({ count: 2, left: 1 });
  });

  it('a plan, a rollback or a run to an earlier migration finishes no tenant of another run', async () => {
    const store = memoryRunStore();
    await fleetRun(store);
    await addRun(store, 'plan', [1], [{ ...done(1, 0), status: 'planned', pending: [] } as never], {
      command: 'plan',
    });
    await addRun(store, 'part', [1], [done(1, 0)], { to: '1_a', tenants: ['a'] });
    await addRun(
      store,
      'back',
      [1],
      [{ ...done(1, 0), status: 'reverted', reverted: [] } as never],
      {
        command: 'rollback',
        run: 'fleet',
        tenants: ['a'],
      },
    );
    const standings = await collect(runStandings(localHistory(store)));
    expect(standings.at(-1)).toMatchObject({ left: 4 });
  });
});

describe('the history of a store with runs that cannot be judged', () => {
  it('a run that ended before it had listed any tenant is left out', async () => {
    const store = memoryRunStore();
    await fleetRun(store);
    const startedAt = '2026-11-29T08:00:00.000Z';
    await store.createRun({ id: 'killed', request: requestOf(), startedAt });
    const standings = await collect(runStandings(localHistory(store)));
    expect(standings.map(({ record }) => record.id)).toEqual(['fleet']);
    expect(await standingOf(localHistory(store), 'killed')).toBeUndefined();
    expect(await standingOf(localHistory(store), 'fleet')).toMatchObject({ left: 4 });
  });

  it('a run whose files cannot be read is not passed over in silence', async () => {
    const store = memoryRunStore();
    await fleetRun(store);
    store.readState = () => Promise.reject(new Error('The disk is broken.'));
    await expect(newestLeaving(localHistory(store))).rejects.toThrow('The disk is broken.');
  });

  it.each([
    [{ stepsOf: 'first' }, 1],
    [{}, 2],
  ])(
    'a rollback by steps is finished by a later one only if that is its retry: %j',
    async (more, left) => {
      const store = memoryRunStore();
      const steps = { command: 'rollback', steps: 1 } as const;
      await addRun(
        store,
        'first',
        [1, 2],
        [failed(1, 'TableExists', 0), failed(2, 'TableExists', 1)],
        steps,
      );
      const reverted = { ...done(1, 0), status: 'reverted', reverted: [] } as never;
      await addRun(store, 'second', [1], [reverted], { ...steps, tenants: ['a'], ...more });
      expect(await standingOf(localHistory(store), 'first')).toMatchObject({ left });
    },
  );
});

describe('the last run', () => {
  it('the last run is the newest with tenants to retry', async () => {
    const store = memoryRunStore();
    await fleetRun(store);
    await addRun(store, 'one', [0], [done(0, 0)], { tenants: ['a'] });
    expect((await newestLeaving(localHistory(store)))?.record.id).toBe('fleet');
  });

  it('the last run is none after a run over the fleet without failures', async () => {
    const store = memoryRunStore();
    await fleetRun(store);
    await addRun(store, 'again', [0, 1], [done(0), done(1)]);
    // Tenants 2 to 4 are no longer of the fleet: what an old run says of them is past.
    expect(await newestLeaving(localHistory(store))).toBeUndefined();
  });

  it('the last run does not remain because of tenants that are no longer active', async () => {
    const store = memoryRunStore();
    const gone = { ...done(0), status: 'skipped', cause: 'not-active', reason: 'x' } as never;
    await addRun(store, 'fleet', [0], [gone]);
    expect(await newestLeaving(localHistory(store))).toBeUndefined();
  });
});

describe('a run that is wider than another', () => {
  it('a wider run is named with the additional tenants that it would retry', async () => {
    const store = memoryRunStore();
    await fleetRun(store);
    await addRun(store, 'one', [1], [failed(1, 'TableExists', 0)], { tenants: ['tenant-001'] });
    expect(await widerLeaving(localHistory(store), 'one')).toEqual({ id: 'fleet', left: 3 });
    expect(await widerLeaving(localHistory(store), 'fleet')).toBeUndefined();
    expect(await widerLeaving(localHistory(store), 'no-run')).toBeUndefined();
  });
});

describe('the tenants of a cause', () => {
  it('the tenants of a cause are those that failed with it', async () => {
    const store = memoryRunStore();
    await fleetRun(store);
    const { count, ids } = await tenantsOfCause(store, 'fleet', 1);
    expect([count, await collect(ids())]).toEqual([2, [1, 2].map(idOf)]);
  });

  it('the tenants of a cause are refused if the run has no such cause', async () => {
    const store = memoryRunStore();
    await fleetRun(store);
    await expect(tenantsOfCause(store, 'fleet', 3)).rejects.toMatchObject({
      code: 'CauseUnknown',
      message: 'Run fleet has 2 causes, and no cause 3.',
    });
  });
});
