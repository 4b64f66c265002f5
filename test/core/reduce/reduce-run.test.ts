import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isSuccess, type Outcome } from '../../../src/core/outcome.ts';
import { addOutcome, emptySummary } from '../../../src/core/reduce/add-outcome.ts';
import { leftOfRun } from '../../../src/core/reduce/left-of-run.ts';
import { reduceRun } from '../../../src/core/reduce/reduce-run.ts';
import type { Wave } from '../../../src/core/run-store.ts';
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
import { rejectionOf } from '../../support/thrown-by.ts';

/** Writes a run with these waves (numbers of tenants) and these outcomes by wave and round. */
async function givenRun(
  lists: readonly (readonly number[])[],
  rounds: readonly { wave: number; round: number; outcomes: readonly Outcome[] }[],
  command: 'migrate' | 'plan' = 'migrate',
) {
  const store = memoryRunStore();
  const request = requestOf({ command });
  await store.createRun({ id: 'run', request, bundleHash: 'h', startedAt: '2026-11-23T05:57:12Z' });
  const members = lists.flatMap((numbers, index) =>
    numbers.map((number) => ({ wave: index + 1, canary: false, id: idOf(number) })),
  );
  const waves: Wave[] = await store.writeWaves('run', stream(members));
  await store.writeState('run', { status: 'running', waves, wavesEntered: lists.length });
  for (const { wave, round, outcomes } of rounds) {
    const sink = await store.openOutcomes('run', wave, round);
    for (const outcome of outcomes) await sink.append(outcome);
    await sink.close();
  }
  return { store, waves };
}

const busy = failureNamed('TenantBusy', true);

it('reduceRun counts each tenant once, with its last outcome', async () => {
  const { store, waves } = await givenRun(
    [[10, 11, 12], [13]],
    [
      {
        wave: 1,
        round: 1,
        outcomes: [
          failedOutcome(10, { position: 0, failure: busy }),
          migratedOutcome(11, { position: 1 }),
          failedOutcome(12, { position: 2, failure: busy }),
        ],
      },
      {
        wave: 1,
        round: 2,
        outcomes: [
          failedOutcome(12, { position: 2, tries: 8, failure: busy }),
          migratedOutcome(10, { position: 0, tries: 5 }),
        ],
      },
      { wave: 2, round: 1, outcomes: [migratedOutcome(13, { wave: 2, position: 0 })] },
    ],
  );
  const { summary, left } = await reduceRun(store, 'run', waves);
  expect(summary).toMatchObject({ total: 4, retried: 2 });
  expect(summary.counts).toMatchObject({ migrated: 3, failed: 1 });
  expect(left.count).toBe(1);
  expect(await collect(left.ids())).toEqual([idOf(12)]);
  // It may be read again.
  expect(await collect(left.ids())).toEqual([idOf(12)]);
});

it('reduceRun uses the last outcome of a tenant, for any round that reached it', async () => {
  const stopped = { status: 'skipped', cause: 'stopped', reason: 'So it is.' } as const;
  const { applied: _, ...facts } = migratedOutcome(12, { position: 2 });
  const { store, waves } = await givenRun(
    [[10, 11, 12], [13]],
    [
      {
        wave: 1,
        round: 1,
        outcomes: [
          failedOutcome(10, { position: 0 }),
          failedOutcome(11, { position: 1 }),
          { ...facts, ...stopped },
        ],
      },
      { wave: 2, round: 1, outcomes: [failedOutcome(13, { wave: 2, position: 0 })] },
      {
        // Over all that was left, and stopped in the middle: who was not reached keeps what is known.
        wave: 2,
        round: 2,
        outcomes: [
          migratedOutcome(10, { position: 0 }),
          { ...facts, ...stopped, tenant: failedOutcome(11).tenant, position: 1 },
          { ...facts, ...stopped },
          migratedOutcome(13, { wave: 2, position: 0 }),
        ],
      },
    ],
  );
  const reduced = await reduceRun(store, 'run', waves, { wave: 2, round: 2 });
  expect(reduced.summary.counts).toMatchObject({ migrated: 2, failed: 1, skipped: 1 });
  expect(reduced.ofRound).toMatchObject({ total: 2, counts: { migrated: 2 } });
  expect(reduced.waves).toEqual([
    { size: 3, reported: 3, settled: 1, failed: 1, retryable: 0 },
    { size: 1, reported: 1, settled: 1, failed: 0, retryable: 0 },
  ]);
});

it('reduceRun gives the same summary for every order of rounds and their outcomes', async () => {
  const anyOutcome = fc.record({
    wave: fc.integer({ min: 1, max: 3 }),
    position: fc.nat({ max: 6 }),
    kind: fc.constantFrom('migrated', 'failed', 'busy', 'gone'),
  });
  const anyRound = fc.record({
    wave: fc.integer({ min: 1, max: 3 }),
    round: fc.integer({ min: 1, max: 4 }),
    outcomes: fc.uniqueArray(anyOutcome, {
      selector: ({ wave, position }) => `${wave}-${position}`,
      maxLength: 12,
    }),
  });
  const rounds = fc.uniqueArray(anyRound, {
    selector: ({ wave, round }) => `${wave}-${round}`,
    maxLength: 6,
  });
  const size = 7;
  const outcomeOf = ({
    wave,
    position,
    kind,
  }: typeof anyOutcome extends fc.Arbitrary<infer One> ? One : never) => {
    const number = (wave - 1) * size + position;
    const place = { wave, position };
    if (kind === 'migrated') return migratedOutcome(number, place);
    if (kind === 'failed') return failedOutcome(number, place);
    if (kind === 'busy') return failedOutcome(number, { ...place, failure: busy });
    const { applied: _, ...facts } = migratedOutcome(number, place);
    return { ...facts, status: 'skipped', cause: 'not-active', reason: 'Gone.' } as const;
  };
  await fc.assert(
    fc.asyncProperty(rounds, fc.infiniteStream(fc.nat()), async (stored, random) => {
      const shuffled = <Item>(items: readonly Item[]) =>
        items
          .map((item) => [random.next().value ?? 0, item] as const)
          .sort(([a], [b]) => a - b)
          .map(([, item]) => item);
      const lists = [0, 1, 2].map((wave) =>
        Array.from({ length: size }, (_, position) => wave * size + position),
      );
      const reduce = async (some: typeof stored) => {
        const written = some.map(({ wave, round, outcomes }) => ({
          wave,
          round,
          outcomes: outcomes.map(outcomeOf),
        }));
        const { store, waves } = await givenRun(lists, written);
        return reduceRun(store, 'run', waves);
      };
      const one = await reduce(stored);
      const other = await reduce(
        shuffled(stored).map((round) => ({ ...round, outcomes: shuffled(round.outcomes) })),
      );
      expect(other.summary).toEqual(one.summary);
      expect(other.waves).toEqual(one.waves);
      expect(await collect(other.left.ids())).toEqual(await collect(one.left.ids()));

      // By looking each tenant up: the newest round that has it decides.
      const newestLast = stored.toSorted((a, b) => a.wave - b.wave || a.round - b.round);
      const last = new Map(
        newestLast.flatMap(({ outcomes }) =>
          outcomes.map((outcome) => [`${outcome.wave}-${outcome.position}`, outcomeOf(outcome)]),
        ),
      );
      expect(one.summary).toEqual([...last.values()].reduce(addOutcome, emptySummary(3 * size)));
    }),
  );
});

it('reduceRun keeps tenants that were listed and never heard of, in the order of the lists', async () => {
  const { store } = await givenRun(
    [[10], [11, 12, 13]],
    [
      { wave: 1, round: 1, outcomes: [migratedOutcome(10, { position: 0 })] },
      { wave: 2, round: 1, outcomes: [migratedOutcome(12, { wave: 2, position: 1 })] },
    ],
  );
  const left = await leftOfRun(store, 'run');
  expect(left.count).toBe(2);
  expect(await collect(left.ids())).toEqual([idOf(11), idOf(13)]);
});

it('reduceRun is not misled by a position that no list has', async () => {
  const { store } = await givenRun(
    [[10]],
    [{ wave: 1, round: 1, outcomes: [migratedOutcome(10, { position: 1e12 })] }],
  );
  expect(await collect((await leftOfRun(store, 'run')).ids())).toEqual([idOf(10)]);
});

it('reduceRun agrees with a fold of the last outcomes that were looked up by id', async () => {
  const anyRun = fc.record({
    size: fc.integer({ min: 1, max: 30 }),
    rounds: fc.array(
      fc.array(fc.record({ position: fc.nat({ max: 29 }), fails: fc.boolean() }), {
        maxLength: 30,
      }),
      { maxLength: 4 },
    ),
  });
  await fc.assert(
    fc.asyncProperty(anyRun, async ({ size, rounds }) => {
      const last = new Map<number, Outcome>();
      const stored = rounds.map((round, index) => {
        const once = new Map(round.map((item) => [item.position, item]));
        const outcomes = [...once.values()]
          .filter(({ position }) => position < size)
          .map(({ position, fails }) =>
            fails ? failedOutcome(position) : migratedOutcome(position),
          );
        for (const outcome of outcomes) last.set(outcome.position, outcome);
        return { wave: 1, round: index + 1, outcomes };
      });
      const { store, waves } = await givenRun(
        [Array.from({ length: size }, (_, number) => number)],
        stored,
      );
      const { summary, left } = await reduceRun(store, 'run', waves);
      expect(summary).toEqual([...last.values()].reduce(addOutcome, emptySummary(size)));
      const undone = Array.from({ length: size }, (_, number) => number).filter((number) => {
        const outcome = last.get(number);
        return outcome === undefined || !isSuccess(outcome);
      });
      expect(await collect(left.ids())).toEqual(undone.map(idOf));
      expect(left.count).toBe(undone.length);
    }),
  );
});

it('reduceRun refuses a plan, a run that does not exist, and one that listed nothing', async () => {
  const { store } = await givenRun([[1]], [], 'plan');
  const plan = await rejectionOf(leftOfRun(store, 'run'));
  expect(plan).toMatchObject({ code: 'PlanLeavesNothing', fault: 'usage' });
  expect(plan).toHaveProperty('message', expect.stringContaining('"run"'));
  expect(await rejectionOf(leftOfRun(store, 'other'))).toMatchObject({ code: 'RunUnknown' });

  await store.createRun({
    id: 'unlisted',
    request: requestOf(),
    bundleHash: 'h',
    startedAt: '2026-11-23T05:57:12Z',
  });
  expect(await rejectionOf(leftOfRun(store, 'unlisted'))).toMatchObject({ code: 'RunNotListed' });
});
