import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createIdSet } from '../../../src/core/list/id-set.ts';
import { lateIds } from '../../../src/core/list/late-ids.ts';
import { collect, idOf, stream } from '../../support/fleet.ts';

function late(listed: readonly string[], now: readonly string[], idsPerPass?: number) {
  const sources = { count: listed.length, listed: () => stream(listed), now: () => stream(now) };
  return collect(lateIds(sources, idsPerPass));
}

it('finds what was not listed before, in the order of the listing', async () => {
  const now = [9, 1, 3, 8, 9, 2].map(idOf);
  expect(await late([1, 2, 3, 4].map(idOf), now)).toEqual([9, 8].map(idOf));
  expect(await late([], now.slice(0, 2))).toEqual([9, 1].map(idOf));
  expect(await late(now, now)).toEqual([]);
});

it('finds the same in several passes, but for the order', async () => {
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

it('keeps 300,000 ids apart that differ in a digit, and takes none twice', () => {
  const set = createIdSet();
  for (let number = 0; number < 300_000; number += 1) {
    if (!set.add(idOf(number))) throw new Error(`${idOf(number)} passes for another one.`);
  }
  expect([0, 150_000, 299_999].map((number) => set.add(idOf(number)))).toEqual([
    false,
    false,
    false,
  ]);
});
