import { expect, test, vi } from 'vitest';
import { compareShapes } from '../../../../src/core/shapes/compare-shapes.ts';
import { testServer } from '../../../support/server.ts';
import { shapeOf } from '../../../support/shapes.ts';
import { DIFFERENCE_KINDS, PARENTS, SAME } from './difference-kinds.ts';
import { filled, named, privileged, send } from './filled-database.ts';

vi.setConfig({ testTimeout: 1_800_000 });

/** Differences to seed; the figure in docs/explanation/safety.md is from FANFOLD_TEST_DIFFERENCES=500. */
const WANTED = Number(process.env.FANFOLD_TEST_DIFFERENCES ?? 60);

const KINDS = DIFFERENCE_KINDS.filter(({ on }) => on === undefined || on === testServer().flavour);

test('every seeded difference is found, and nothing else', async () => {
  expect(new Set(KINDS.map(({ name }) => name)).size).toBeGreaterThanOrEqual(55);
  const base = await shapeOf(await filled(KINDS, []));
  let seed = 1;
  let seeded = 0;
  for (let round = 0; seeded < WANTED; round++) {
    // The first database has every kind, the others a random half of them.
    const chosen = KINDS.filter(() => {
      seed = (seed * 48_271) % 2_147_483_647;
      return round === 0 || seed % 2 === 0;
    });
    const database = await filled(KINDS, chosen);
    const found = compareShapes(base, await shapeOf(database));
    const names = found.map(({ kind, table = '', name }) => `${kind} ${table} ${name}`);
    const expected = chosen.flatMap((kind) => kind.found.map((each) => named(each, kind)));
    expect(names.sort()).toEqual(expected.sort());
    seeded += chosen.length;
    await database.drop();
  }
});

test('databases that differ only in what does not matter have one fingerprint', async () => {
  const databases = await Promise.all([privileged(), privileged()]);
  for (const [which, database] of databases.entries()) {
    const texts = SAME.flatMap((ways) => ways[which] ?? []);
    await send(database, [
      ...PARENTS,
      ...texts.map((text) => text.replaceAll('DB', database.database)),
    ]);
  }
  const [one, other] = await Promise.all(databases.map(shapeOf));
  if (one === undefined || other === undefined) throw new Error('There are two databases.');
  expect(compareShapes(one, other)).toEqual([]);
  expect(other.fingerprint).toBe(one.fingerprint);
});
