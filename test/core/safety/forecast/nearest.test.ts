import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearest } from '../../../../src/core/safety/forecast/nearest.ts';

test('no size that is left out is nearer by its ratio than one that is returned', () => {
  const size = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(fc.array(size, { maxLength: 40 }), size, (sizes, x) => {
      const sorted = sizes.sort((one, other) => one - other).map((of, index) => ({ x: of, index }));
      const found = nearest(sorted, x, { most: 7, alike: 5 });
      expect(found).toHaveLength(Math.min(7, sizes.length));
      const distance = (of: number) => Math.abs(Math.log((of + 5) / (x + 5)));
      const farthest = Math.max(0, ...found.map((one) => distance(one.x)));
      const out = sorted.filter((one) => !found.includes(one));
      for (const one of out) expect(distance(one.x)).toBeGreaterThanOrEqual(farthest - 1e-9);
    }),
  );
});
