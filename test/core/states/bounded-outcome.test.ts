import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBundle } from '../../../src/core/bundle/bundle.ts';
import { FanfoldError } from '../../../src/core/errors.ts';
import type { Attempt } from '../../../src/core/migrate/attempt.ts';
import type { AppliedMigration, Outcome } from '../../../src/core/outcome.ts';
import { addOutcome, emptySummary } from '../../../src/core/reduce/add-outcome.ts';
import { wholeOutcomes } from '../../../src/core/reduce/whole-outcomes.ts';
import { boundedLists, boundedOutcome } from '../../../src/core/states/bounded-outcome.ts';
import { failedOutcomeText } from '../../../src/core/states/failed-outcome-text.ts';
import type { RestStore } from '../../../src/core/states/keep-rest.ts';
import { type ItemResult, migrateItem } from '../../../src/core/states/migrate-item.ts';
import { outcomeRestSchema } from '../../../src/core/wire/outcome-schema.ts';
import { parseResultLine } from '../../../src/core/wire/parse-result-line.ts';
import { migrateTenantEventSchema } from '../../../src/core/wire/step-schemas.ts';
import { bytesOf } from '../../../src/core/wording/cut-to-bytes.ts';
import {
  collect,
  failedAttempt,
  failedOutcome,
  failureNamed,
  migratedOutcome,
  refOf,
  stream,
} from '../../support/fleet.ts';
import { FIRST } from '../../support/step-machine.ts';
import { itemOf } from '../../support/step-run-store-contract.ts';

/** The limit of Step Functions for the input or output of a state. */
const STATE_BYTES = 256 * 1024;

interface Size {
  readonly count: number;
  readonly length: number;
  readonly character: string;
}

/** Names as a database may hold them: 255 characters of up to four bytes, also such as JSON escapes. */
const sizes: fc.Arbitrary<Size> = fc.record({
  count: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 4_000 })),
  length: fc.integer({ min: 1, max: 246 }),
  character: fc.constantFrom('a', 'é', '€', '😀', '"', '\\', '\u0001'),
});

function listOf({ count, length, character }: Size, prefix = ''): AppliedMigration[] {
  return Array.from({ length: count }, (_, number) => ({
    name: `${prefix}${String(number).padStart(8, '0')}_${character.repeat(length)}`,
    durationMs: number / 3,
  }));
}

function appliedIn(outcome: Outcome): number {
  return addOutcome(emptySummary(1), outcome).applied;
}

describe('the migrations of an outcome', () => {
  it('the migrations of an outcome are listed or counted, whatever their number and their names, and those listed fit', () => {
    fc.assert(
      fc.property(sizes, sizes, fc.integer({ min: 0, max: 120_000 }), (up, down, most) => {
        const [applied, reverted] = [listOf(up), listOf(down)];
        const kept = boundedLists({ applied, reverted, leftOut: { applied: 7 } }, most);
        expect(kept.applied).toEqual(applied.slice(applied.length - kept.applied.length));
        expect(kept.applied.length + (kept.leftOut?.applied ?? 0)).toBe(applied.length + 7);
        const rolledBack = kept.reverted?.length ?? 0;
        expect(rolledBack + (kept.leftOut?.reverted ?? 0)).toBe(reverted.length);
        const bytes = [kept.applied, kept.reverted]
          .filter((list) => list !== undefined && list.length > 0)
          .reduce((sum, list) => sum + bytesOf(JSON.stringify(list)), 0);
        expect(bytes).toBeLessThanOrEqual(most);
      }),
      { numRuns: 15 },
    );
  });

  it('the migrations of an outcome are counted in the summary as if all of them were listed', () => {
    fc.assert(
      fc.property(sizes, sizes, (up, down) => {
        const [applied, reverted] = [listOf(up), listOf(down)];
        const outcomes = [
          migratedOutcome(1, { applied }),
          failedOutcome(1, { applied }),
          failedOutcome(1, { applied, reverted, failure: failureNamed('"ä€😀\u0001'.repeat(90)) }),
        ];
        for (const outcome of outcomes) {
          const line =
            outcome.status === 'failed'
              ? failedOutcomeText(outcome)
              : JSON.stringify(boundedOutcome(outcome));
          if (outcome.status === 'failed') expect(bytesOf(line)).toBeLessThanOrEqual(8 * 1024);
          const read = parseResultLine(line);
          expect(read && appliedIn(read)).toBe(applied.length);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('the migrations of an outcome are whole if they are few', () => {
    const outcomes = [migratedOutcome(1), failedOutcome(2)];
    expect(outcomes.map((outcome) => boundedOutcome(outcome))).toEqual(outcomes);
  });
});

describe('a plan', () => {
  it('a plan names the migrations that would run first, and counts the others', () => {
    const pending = Array.from({ length: 5_000 }, (_, number) => `${number}_${'p'.repeat(60)}.js`);
    const facts = { tenant: refOf(1), wave: 1, position: 1, tries: 1, durationMs: 1, notes: [] };
    const bounded = boundedOutcome({ ...facts, status: 'planned', pending });
    if (bounded.status !== 'planned') throw new Error('It is no longer a plan.');
    expect(bytesOf(JSON.stringify(bounded))).toBeLessThan(100 * 1024);
    expect(bounded.pending).toEqual(pending.slice(0, bounded.pending.length));
    expect(bounded.leftOut).toEqual({ pending: 5_000 - bounded.pending.length });
    const { plan } = addOutcome(emptySummary(1), bounded);
    expect(plan?.groups).toMatchObject([{ count: 1, leftOut: bounded.leftOut?.pending }]);
  });
});

describe('the state of a tenant', () => {
  it('the state of a tenant stays below 256 KiB, however much its migrations are and however often it continues', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, sizes, async (ofEarlier, ofEach) => {
        const earlier = listOf(ofEarlier);
        const each = ['a', 'b', 'c'].map((prefix) => listOf(ofEach, prefix));
        const [first = [], second = [], third = []] = each;
        const notes = Array.from({ length: 60 }, (_, number) => ({
          code: 'ahead',
          message: `${number} ${'€'.repeat(2_000)}`,
        }));
        const attempts: Attempt[] = [
          { status: 'continue', applied: first, notes },
          failedAttempt('ConnectionLost', true, second),
          { status: 'migrated', applied: third, notes },
        ];
        const before = {
          tries: 1,
          durationMs: 1,
          notes: [],
          ...boundedLists({ applied: earlier }),
        };
        let event: Record<string, unknown> = eventOf({ item: itemOf(3, { before }) });
        let last: ItemResult | undefined;
        for (const attempt of attempts) {
          last = await migrateItem(migrateTenantEventSchema.parse(event), {
            attemptTenant: async () => attempt,
            bundle: createBundle([FIRST]),
            now: () => 0,
            random: () => 0,
            pause: () => false,
            maxHoursPerTenant: 24,
          });
          if (last.kind === 'thrown') break;
          // The state's output merges what the function returned into its input, if the tenant continues.
          const kept = last.value.status === 'continue' ? event : {};
          event = JSON.parse(JSON.stringify({ ...kept, ...last.value }));
          expect(bytesOf(JSON.stringify(event))).toBeLessThan(STATE_BYTES);
        }
        const outcome = last?.kind === 'thrown' ? parseResultLine(last.message) : last?.value;
        // A failure before anything was applied is thrown.
        const done = first.length > 0 ? 3 * first.length : 0;
        expect(appliedIn(outcome as Outcome)).toBe(earlier.length + done);
      }),
      { numRuns: 10 },
    );
  });
});

describe('what an outcome leaves out', () => {
  it('what outcomes leave out is stored, so that readers see every migration, however often the tenant continued', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, sizes, fc.boolean(), async (ofFirst, ofLast, fails) => {
        const [first, last] = [listOf(ofFirst, 'a'), listOf(ofLast, 'b')];
        const { store, rests } = memoryRests();
        const attempts: Attempt[] = [
          { status: 'continue', applied: first, notes: [] },
          fails
            ? failedAttempt('TableExists', false, last)
            : { status: 'migrated', applied: last, notes: [] },
        ];
        const outcome = await outcomeAfter(attempts, rests);
        const [whole] = await collect(wholeOutcomes(store, 'run-1', stream([entryOf(outcome)])));
        if (whole === undefined) throw new Error('The outcome is gone.');
        expect('applied' in whole.outcome ? whole.outcome.applied : []).toEqual([
          ...first,
          ...last,
        ]);
        expect(whole.outcome.leftOut).toBeUndefined();
      }),
      { numRuns: 15 },
    );
  });

  it('an outcome counts what it leaves out and notes why, if that cannot be stored', async () => {
    const applied = listOf({ count: 3_000, length: 90, character: 'a' });
    const rests = {
      keyOf: () => 'runs/run-1/rests/1.json',
      write: () => Promise.reject(new Error('no way to S3')),
    };
    const outcome = await outcomeAfter([{ status: 'migrated', applied, notes: [] }], rests);
    expect(outcome).toMatchObject({
      status: 'migrated',
      notes: [{ code: 'RestNotKept', message: expect.stringContaining('no way to S3') }],
    });
    expect(outcome.leftOut?.rest).toBeUndefined();
    expect(appliedIn(outcome)).toBe(3_000);
  });

  it.each([
    ['is gone', async () => undefined],
    ['may not be read', () => Promise.reject(runStoreUnreadable(false))],
  ])('an outcome stays cut and counted if its rest %s', async (_, readRest) => {
    const outcome = migratedOutcome(1, {
      leftOut: { applied: 7, rest: 'runs/run-1/rests/1.json' },
    });
    const [entry] = await collect(wholeOutcomes({ readRest }, 'run-1', stream([entryOf(outcome)])));
    expect(entry?.outcome.leftOut).toEqual({ applied: 7 });
    expect(appliedIn(entry?.outcome as Outcome)).toBe(appliedIn(outcome));
  });

  it('a store that is unavailable for a moment fails the reading, which is repeated', async () => {
    const outcome = migratedOutcome(1, {
      leftOut: { applied: 7, rest: 'runs/run-1/rests/1.json' },
    });
    const readRest = () => Promise.reject(runStoreUnreadable(true));
    const reading = collect(wholeOutcomes({ readRest }, 'run-1', stream([entryOf(outcome)])));
    await expect(reading).rejects.toMatchObject({ code: 'RunStoreUnreadable' });
  });

  it('all outcomes are read if many of them were cut, and rests that refer to each other end', async () => {
    const outcomes = Array.from({ length: 50 }, (_, position) =>
      migratedOutcome(position, position % 2 === 0 ? { leftOut: { applied: 1, rest: 'a' } } : {}),
    );
    const readRest = async (_: string, key: string) => ({
      applied: [{ name: `${key}.js`, durationMs: 1 }],
      before: key === 'a' ? 'b' : 'a',
    });
    const entries = await collect(
      wholeOutcomes({ readRest }, 'run-1', stream(outcomes.map(entryOf))),
    );
    const positions = entries.map(({ outcome: { position } }) => position);
    expect(positions.toSorted((a, b) => a - b)).toEqual(outcomes.map(({ position }) => position));
  });
});

function runStoreUnreadable(retryable: boolean) {
  const more = { fault: 'configuration', retryable, nextStep: 'Wait.' } as const;
  return new FanfoldError('RunStoreUnreadable', 'The run store cannot be read.', more);
}

const entryOf = (outcome: Outcome) => ({ outcome, round: { wave: 1, round: 1 } });

/** Rests in memory, as they come out of JSON. */
function memoryRests() {
  const objects = new Map<string, string>();
  const rests: RestStore = {
    keyOf: ({ runId }) => `runs/${runId}/rests/${objects.size}.json`,
    async write(key, rest) {
      objects.set(key, JSON.stringify(rest));
    },
  };
  const readRest = async (_: string, key: string) =>
    outcomeRestSchema.parse(JSON.parse(objects.get(key) ?? ''));
  return { rests, store: { readRest } };
}

/** The outcome of a tenant after its attempts, as it is read from the result files. */
async function outcomeAfter(attempts: readonly Attempt[], rests: RestStore): Promise<Outcome> {
  let event: Record<string, unknown> = eventOf({ item: itemOf(3) });
  let result: ItemResult | undefined;
  for (const attempt of attempts) {
    result = await migrateItem(migrateTenantEventSchema.parse(event), {
      attemptTenant: async () => attempt,
      bundle: createBundle([FIRST]),
      rests,
      now: () => 0,
      random: () => 0,
      pause: () => false,
      maxHoursPerTenant: 24,
    });
    if (result.kind === 'thrown') break;
    event = JSON.parse(JSON.stringify({ ...event, ...result.value }));
  }
  const text = result?.kind === 'thrown' ? result.message : JSON.stringify(result?.value);
  return parseResultLine(text) as Outcome;
}

function eventOf(differing: Record<string, unknown>) {
  const bundleHash = createBundle([FIRST]).hash;
  return {
    run: { runId: 'run-1', bundleHash, request: {} },
    retryCount: 0,
    ...differing,
  };
}
