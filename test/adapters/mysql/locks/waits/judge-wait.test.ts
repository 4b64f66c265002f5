import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  judgedAt,
  judgeWait,
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
        fc.double({ min: 0.1, max: 2, noNaN: true }),
        (course, queueMs, roundTripMs) => {
          let wait: WatchedWait = { queueMs, freeAt: 0, hasWorked: false };
          let at = judgedAt(wait, 2 * roundTripMs);
          for (let looks = 0; looks < 10_000; looks++) {
            const isWaiting = isWaitingAt(course, at + roundTripMs / 2);
            const judgment = judgeWait(wait, { askedAt: at, isWaiting }, 2 * roundTripMs);
            if (judgment.next === 'kill') {
              expect(isWaiting).toBe(true);
              // The answer has come, and the KILL has arrived.
              const killedAt = at + 1.5 * roundTripMs;
              const since = waitingSince(course, at + roundTripMs / 2);
              expect(killedAt - since).toBeLessThanOrEqual(queueMs + 1e-6);
              return;
            }
            expect(judgment.dueAt).toBeGreaterThan(at);
            ({ wait } = judgment);
            at = judgment.dueAt;
          }
          throw new Error('A statement that waits forever was not killed.');
        },
      ),
    );
  });

  it('a statement that waits from the beginning gets nearly all of the time', () => {
    const wait = { queueMs: 250, freeAt: 1_000, hasWorked: false };
    expect(judgedAt(wait, 1)).toBeGreaterThan(1_000 + 0.89 * 250);
    expect(judgedAt(wait, 1_000)).toBe(1_000 + 0.6 * 250);
  });

  it('a statement that was at work is marked, and its wait counts from the last look', () => {
    const wait = { queueMs: 200, freeAt: 0, hasWorked: false };
    const working = judgeWait(wait, { askedAt: 190, isWaiting: false }, 1);
    expect(working).toEqual({
      next: 'again',
      wait: { queueMs: 200, freeAt: 190, hasWorked: true },
      dueAt: 290,
    });
    if (working.next === 'kill') throw new Error('It works.');
    const waiting = judgeWait(working.wait, { askedAt: 290, isWaiting: true }, 1);
    expect(waiting).toMatchObject({ next: 'again', dueAt: judgedAt(working.wait, 1) });
  });
});
