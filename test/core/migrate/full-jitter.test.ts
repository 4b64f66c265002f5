import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DEFAULT_RETRY, fullJitter } from '../../../src/core/migrate/full-jitter.ts';

it('fullJitter waits any time from zero to a bound that doubles up to the cap', () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), random, (attempts, number) => {
      const ms = fullJitter(attempts, { baseMs: 500, capMs: 20_000 }, () => number);
      expect(Number.isInteger(ms)).toBe(true);
      expect(ms).toBeGreaterThanOrEqual(0);
      expect(ms).toBeLessThanOrEqual(Math.min(20_000, 500 * 2 ** (attempts - 1)));
    }),
  );
});

it('fullJitter has the bounds 0.5, 1 and 2 seconds before the cap by default', () => {
  const almostOne = () => 0.999_999;
  const bounds = [1, 2, 3, 10].map((attempts) => fullJitter(attempts, DEFAULT_RETRY, almostOne));
  expect(bounds).toEqual([499, 999, 1_999, 19_999]);
});
