import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lateIds } from '../../../src/core/list/late-ids.ts';
import { collect, idOf, stream } from '../../support/fleet.ts';

function late(listed: readonly string[], now: readonly string[], idsPerPass?: number) {
  const sources = { count: listed.length, listed: () => stream(listed), now: () => stream(now) };
  return collect(lateIds(sources, idsPerPass));
}

it('lateIds finds ids that were not listed before, in the order of the listing', async () => {
  const now = [9, 1, 3, 8, 9, 2].map(idOf);
  expect(await late([1, 2, 3, 4].map(idOf), now)).toEqual([9, 8].map(idOf));
  expect(await late([], now.slice(0, 2))).toEqual([9, 1].map(idOf));
  expect(await late(now, now)).toEqual([]);
});

it('lateIds finds the same ids in several passes, in another order', async () => {
  const numbers = fc.uniqueArray(fc.nat({ max: 200 }), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(numbers, numbers, fc.integer({ min: 1, max: 20 }), async (a, b, perPass) => {
      const found = await late(a.map(idOf), b.map(idOf), perPass);
      expect(found.sort()).toEqual(
        b
          .filter((number) => !a.includes(number))
          .map(idOf)
          .sort(),
      );
    }),
  );
});
