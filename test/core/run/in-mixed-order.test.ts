import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inMixedOrder } from '../../../src/core/run/in-mixed-order.ts';
import { collect, stream } from '../../support/fleet.ts';

const list = (length: number) => Array.from({ length }, (_, index) => index);

it('inMixedOrder keeps the order of a short list', async () => {
  expect(await collect(inMixedOrder(stream(list(500)), Math.random))).toEqual(list(500));
});

it('inMixedOrder yields each item of a list once, in chunks of neighbors', async () => {
  const random = fc.noShrink(
    fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
  );
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 501, max: 45_000 }), random, async (length, numbers) => {
      const mixed = await collect(
        inMixedOrder(stream(list(length)), () => numbers.next().value as number),
      );
      expect(mixed.toSorted((a, b) => a - b)).toEqual(list(length));
      const jumps = mixed.filter(
        (item, index) => index > 0 && item !== (mixed[index - 1] as number) + 1,
      );
      expect(jumps.length).toBeLessThanOrEqual(Math.ceil(length / 50) + 3);
    }),
    { numRuns: 20 },
  );
});

it('inMixedOrder has two readers of one list seldom at the same place', async () => {
  const [one, other] = [
    await collect(inMixedOrder(stream(list(10_000)), Math.random)),
    await collect(inMixedOrder(stream(list(10_000)), Math.random)),
  ];
  const together = one.filter((item, index) => other[index] === item).length;
  expect(together).toBeLessThan(2_000);
});
