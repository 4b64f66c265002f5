import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatCount } from '../../../src/core/wording/format-count.ts';

it('formatCount separates thousands as Intl does, whose first use takes longer than a command may', () => {
  const { format } = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      expect(formatCount(value)).toBe(format(value));
    }),
  );
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e15, noNaN: true }), (value) => {
      expect(formatCount(value)).toBe(format(Math.round(value)));
    }),
  );
});
