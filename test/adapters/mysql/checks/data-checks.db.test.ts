import { expect, test, vi } from 'vitest';
import { COLUMN_KINDS, TABLE_KINDS } from './data-kinds.ts';
import { judgeKinds } from './judge-kinds.ts';

vi.setConfig({ testTimeout: 300_000 });

test('there are more than a hundred kinds of changes, each with rows that tell right from wrong', () => {
  expect(COLUMN_KINDS.length + TABLE_KINDS.length).toBeGreaterThan(100);
});

test('checks of columns say of every value what the server then does to it', async () => {
  const { wrong, counts, share } = await judgeKinds(COLUMN_KINDS);
  expect(wrong).toEqual([]);
  expect(counts.refused).toBeGreaterThan(70 / share / 2);
  expect(counts.changed).toBeGreaterThan(10 / share / 2);
  expect(counts.kept).toBeGreaterThan(70 / share / 2);
});

test('checks of keys and constraints say of every set of rows what the server then does to it', async () => {
  const { wrong, counts, share } = await judgeKinds(TABLE_KINDS);
  expect(wrong).toEqual([]);
  expect(counts.refused).toBeGreaterThan(25 / share / 2);
  expect(counts.kept).toBeGreaterThan(25 / share / 2);
});
