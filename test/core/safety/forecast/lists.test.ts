import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSpread } from '../../../../src/core/safety/forecast/spread.ts';
import { createTopList } from '../../../../src/core/safety/forecast/top-list.ts';

const values = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { maxLength: 200 });

test('a list of the largest has the values that sorting finds', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 20 }), (all, most) => {
      const top = createTopList<number>(most);
      for (const value of all) top.add(value, value);
      expect(top.items).toEqual([...all].sort((a, b) => b - a).slice(0, most));
    }),
  );
});

test('a percentile is at most 5 % above that of the values themselves', () => {
  fc.assert(
    fc.property(values, fc.constantFrom(0.5, 0.9, 0.99), (all, part) => {
      const spread = createSpread();
      for (const value of all) spread.add(value);
      const exact = [...all].sort((a, b) => a - b)[Math.ceil(all.length * part) - 1] ?? 0;
      expect(spread.at(part)).toBeGreaterThanOrEqual(exact * 0.999 - 1e-6);
      expect(spread.at(part)).toBeLessThanOrEqual(Math.ceil(exact * 1.051));
    }),
  );
});
