import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  atWork,
  expectedLateness,
  killedAt,
  lookedAt,
  type WatchedWait,
} from '../../../../../src/adapters/mysql/locks/waits/judge-wait.ts';

/** The times in milliseconds for which a statement waits and works in turn, after it was sent. */
type Course = readonly { readonly waits: number; readonly works: number }[];

function isWaitingAt(course: Course, at: number): boolean {
  let from = 0;
  for (const { waits, works } of course) {
    if (at < from + waits) return true;
    from += waits + works;
    if (at < from) return false;
  }
  return true;
}

/** When the wait began that goes on at this time. */
function waitingSince(course: Course, at: number): number {
  let from = 0;
  for (const { waits, works } of course) {
    if (at < from + waits) return from;
    from += waits + works;
  }
  return from;
}

const COURSE = fc.array(
  fc.record({
    waits: fc.double({ min: 0, max: 400, noNaN: true }),
    works: fc.double({ min: 0, max: 2_000, noNaN: true }),
  }),
  { maxLength: 5 },
);

describe('judging a wait', () => {
  it('a statement is killed only while it waits, and before others have waited for longer than the limit', () => {
    fc.assert(
      fc.property(
        COURSE,
        fc.integer({ min: 20, max: 1_000 }),
        fc.double({ min: 0, max: 0.49, noNaN: true }),
        (course, queueMs, lateness) => {
          // Beyond what is always left, it has been seen before.
          const seen = lateness > 0.29 ? lateness * queueMs : 0;
          let wait: WatchedWait = { queueMs, freeAt: 0, hasWorked: false };
          for (let looks = 0; looks < 10_000; looks++) {
            const askedAt = lookedAt(wait);
            // A look at a statement that has worked already comes first.
            const mayWait = !wait.hasWorked || isWaitingAt(course, askedAt);
            const at = killedAt(wait, seen) + lateness * queueMs;
            if (mayWait && isWaitingAt(course, at)) {
              expect(at - waitingSince(course, at)).toBeLessThanOrEqual(queueMs + 1e-6);
              return;
            }
            const next = atWork(wait, askedAt);
            expect(next.freeAt).toBeGreaterThan(wait.freeAt);
            wait = next;
          }
          throw new Error('A statement that waits forever was not killed.');
        },
      ),
    );
  });

  it('a statement that waits from the beginning gets most of the time', () => {
    const wait = { queueMs: 250, freeAt: 1_000, hasWorked: false };
    expect([lookedAt(wait), killedAt(wait)]).toEqual([1_100, 1_175]);
  });

  it('a KILL comes earlier if others were late, and no earlier than after half of the time', () => {
    const wait = { queueMs: 250, freeAt: 1_000, hasWorked: false };
    expect([10, 40, 90, 6_000].map((late) => killedAt(wait, late))).toEqual([
      1_165, 1_135, 1_125, 1_125,
    ]);
  });

  it('the greatest lateness is expected, and fades away', () => {
    expect(expectedLateness(10, 50)).toBe(50);
    let late = 50;
    for (let kills = 0; kills < 300; kills++) late = expectedLateness(late, 2);
    expect(late).toBeLessThan(4);
    expect(late).toBeGreaterThanOrEqual(2);
  });

  it('a statement that was at work is marked, and its wait counts from the time before the look', () => {
    const wait = { queueMs: 200, freeAt: 0, hasWorked: false };
    expect(atWork(wait, 90)).toEqual({ queueMs: 200, freeAt: 90, hasWorked: true });
  });
});
