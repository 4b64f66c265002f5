import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  firstPace,
  nextLimit,
  type PaceState,
  type PaceWindow,
  yieldTo,
} from '../../../src/core/pace/next-limit.ts';

const CEILING = { limit: 100, why: 'most' } as const;

/** A full window of a second with this speed. */
function seen(work: number, more: Partial<PaceWindow> = {}): PaceWindow {
  return { seconds: 1, work, answerMs: 10, isFull: true, ...more };
}

/** The limits after windows of these speeds. */
function limitsAfter(speeds: readonly number[], from: PaceState = firstPace(8)): number[] {
  let state = from;
  return speeds.map((speed) => {
    state = nextLimit(state, seen(speed), CEILING);
    return state.limit;
  });
}

describe('the next limit', () => {
  it('doubles while that brings speed, and stops at the ceiling', () => {
    expect(limitsAfter([100, 190, 370, 700, 1300])).toEqual([16, 32, 64, 100, 100]);
  });

  it('stays where doubling brought a little, and goes back where it brought nothing', () => {
    expect(limitsAfter([100, 110])).toEqual([16, 16]);
    expect(limitsAfter([100, 95])).toEqual([16, 8]);
  });

  it('tries fewer or more after a while, keeps what was right and gives up what was not', () => {
    const held = [100, 110, 110, 110, 110];
    // Two thirds of 16 are as fast.
    expect(limitsAfter([...held, 110])).toEqual([16, 16, 16, 16, 11, 11]);
    // They are slower.
    expect(limitsAfter([...held, 80])).toEqual([16, 16, 16, 16, 11, 16]);
    const back = [100, 95, 100, 100, 100];
    expect(limitsAfter([...back, 120])).toEqual([16, 8, 8, 8, 12, 12]);
    expect(limitsAfter([...back, 101])).toEqual([16, 8, 8, 8, 12, 8]);
  });

  it('tries less and less often if no try is right', () => {
    const limits = limitsAfter(Array.from({ length: 200 }, () => 100));
    const tries = limits.flatMap((limit, index) =>
      limit > (limits[index - 1] ?? limit) ? [index] : [],
    );
    expect(tries.length).toBeGreaterThan(2);
    expect(tries.length).toBeLessThan(15);
  });

  it.each([
    ['whose limit was not reached', { isFull: false }],
    ['without time', { seconds: 0 }],
  ])('is the same after a window %s', (_, more) => {
    expect(nextLimit(firstPace(8), seen(100, more), CEILING)).toEqual(firstPace(8));
  });

  it('falls to a ceiling that has come down, whatever the window', () => {
    const ceiling = { limit: 3, why: 'max-per-host' } as const;
    expect(nextLimit(firstPace(8), seen(100, { isFull: false }), ceiling)).toMatchObject({
      limit: 3,
      why: 'max-per-host',
    });
  });

  it('yields if answers take longer and the speed falls, and not if only one of both is true', () => {
    const held = nextLimit(nextLimit(firstPace(10), seen(100), CEILING), seen(105), CEILING);
    expect(held.limit).toBe(20);
    const slow = nextLimit(held, seen(60, { answerMs: 30 }), CEILING);
    expect(slow).toMatchObject({ limit: 14, why: 'latency' });
    expect(nextLimit(held, seen(60), CEILING).limit).toBe(20);
    expect(nextLimit(held, seen(105, { answerMs: 30 }), CEILING).limit).toBe(20);
  });

  it('holds longer after a refusal than after any other trouble', () => {
    const windowsUntilMore = (why: 'busy' | 'refused') =>
      limitsAfter(Array(60).fill(100), yieldTo(firstPace(20), 20, why)).findIndex(
        (limit) => limit > 14,
      );
    expect(windowsUntilMore('refused')).toBeGreaterThan(windowsUntilMore('busy') * 3);
  });

  it('is never below 1 or above the ceiling, whatever is seen', () => {
    const windows = fc.record({
      seconds: fc.double({ min: 0, max: 10, noNaN: true }),
      work: fc.double({ min: 0, max: 1e6, noNaN: true }),
      answerMs: fc.option(fc.double({ min: 0, max: 1e4, noNaN: true }), { nil: undefined }),
      isFull: fc.boolean(),
    });
    const step = fc.record({
      window: windows,
      most: fc.integer({ min: 1, max: 200 }),
      isTrouble: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.array(step), (first, steps) => {
        let state = firstPace(first);
        for (const { window, most, isTrouble } of steps) {
          const before = state.limit;
          state = isTrouble
            ? yieldTo(state, state.limit, 'busy')
            : nextLimit(state, window, { limit: most, why: 'most' });
          expect(state.limit).toBeGreaterThanOrEqual(1);
          expect(state.limit).toBeLessThanOrEqual(Math.max(isTrouble ? before : most, 1));
        }
      }),
    );
  });
});
