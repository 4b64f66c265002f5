import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  NO_TRIES,
  pauseBeforeNext,
  type TriesSoFar,
} from '../../../../src/adapters/mysql/migration/engine/giving-way/pause-before-next.ts';

const LIMITS = fc.record({
  queueMs: fc.integer({ min: 50, max: 60_000 }),
  waitMs: fc.integer({ min: 1_000, max: 100_000 }),
});

it('all tries and pauses of a statement end within its time, whatever the jitter', () => {
  fc.assert(
    fc.property(
      LIMITS,
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      (limits, jitter) => {
        let soFar: TriesSoFar = NO_TRIES;
        for (;;) {
          soFar = {
            ...soFar,
            tries: soFar.tries + 1,
            spentMs: soFar.spentMs + Math.min(limits.queueMs, limits.waitMs),
          };
          const pause = pauseBeforeNext(soFar, limits, () => Number(jitter.next().value));
          expect(soFar.spentMs).toBeLessThanOrEqual(limits.waitMs + 1e-6);
          if (pause === undefined) return;
          // The queue drains for at least as long as it was held up.
          expect(pause).toBeGreaterThanOrEqual(limits.queueMs);
          soFar = { ...soFar, spentMs: soFar.spentMs + pause };
        }
      },
    ),
    { numRuns: 50 },
  );
});

it('pauses grow to five seconds and are spread over their whole range', () => {
  const limits = { queueMs: 250, waitMs: 600_000 };
  const longest = (tries: number) =>
    pauseBeforeNext({ tries, spentMs: 0, lostWork: 0 }, limits, () => 1);
  expect([1, 2, 3, 4, 5, 6, 50].map(longest)).toEqual([
    500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000,
  ]);
  const least = pauseBeforeNext({ tries: 6, spentMs: 0, lostWork: 0 }, limits, () => 0);
  expect(least).toBe(250);
});

it('a statement that has lost its work three times does not begin again', () => {
  const limits = { queueMs: 250, waitMs: 600_000 };
  const pauseAfter = (lostWork: number) =>
    pauseBeforeNext({ tries: lostWork, spentMs: 0, lostWork }, limits, () => 0.5);
  expect([1, 2].map(pauseAfter)).not.toContain(undefined);
  expect(pauseAfter(3)).toBeUndefined();
});
