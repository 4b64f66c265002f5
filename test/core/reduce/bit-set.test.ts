import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createBitSet } from '../../../src/core/reduce/bit-set.ts';

it('a bit set behaves like a set of numbers', () => {
  fc.assert(
    fc.property(fc.nat({ max: 100 }), fc.array(fc.nat({ max: 120 })), (length, added) => {
      const bits = createBitSet(length);
      const set = new Set<number>();
      for (const index of added) {
        const isNew = index < length && !set.has(index);
        expect(bits.add(index)).toBe(isNew);
        if (isNew) set.add(index);
      }
      expect(bits.size).toBe(set.size);
      for (let index = 0; index < 130; index += 1) expect(bits.has(index)).toBe(set.has(index));
    }),
  );
});

it.each([-1, 8, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 40])(
  'a bit set takes %s for nobody',
  (index) => {
    const bits = createBitSet(8);
    expect(bits.add(index)).toBe(false);
    expect(bits.has(index)).toBe(false);
    expect(bits.size).toBe(0);
  },
);
