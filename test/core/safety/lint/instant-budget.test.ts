import { expect, test } from 'vitest';
import type { SentStatement } from '../../../../src/core/safety/recording.ts';
import { alter, column, drop, lintStatements, table } from './lint-statements.ts';

/** A table of so many columns. */
const wide = (columns: number) =>
  table(Array.from({ length: columns }, (_, at) => column(`c${at}`)));

/** Adds the column of this number, counted from 0. */
const add = (at: number, rest: Partial<SentStatement> = {}) =>
  alter(wide(at), wide(at + 1), { verdict: { how: 'instant' }, ...rest });

/** The migrations, counted from 0, in which the rule finds something, if each of so many adds a column. */
function found(
  count: number,
  number: number,
  others: Readonly<Record<number, readonly SentStatement[]>> = {},
  isMariaDb = false,
): number[] {
  const migrations = Array.from({ length: count }, (_, at) => others[at] ?? [add(at)]);
  const server = {
    product: 'MySQL',
    isMariaDb,
    version: '',
    number,
    lowerCaseTableNames: 0 as const,
  };
  return lintStatements(migrations, {}, { server })
    .findings.filter(({ rule }) => rule === 'instant-budget')
    .map(({ migration }) => Number(migration) - 1);
}

test('instant changes are counted over all migrations, up to the limit of the server', () => {
  expect(found(53, 8_004_000)).toEqual([51, 52]);
  expect(found(204, 9_001_000)).toEqual([203]);
  expect(found(204, 10_011_000, {}, true)).toEqual([]);
});

test('a copy or a new table of the same name starts the count of instant changes again', () => {
  const copied = add(30, { verdict: { how: 'copy', blocks: 'writes' } });
  expect(found(60, 8_004_000, { 30: [copied] })).toEqual([]);
  expect(found(60, 8_004_000, { 30: [drop(wide(30))] })).toEqual([]);
});

test('a refused statement and one that leaves the number of columns are not counted', () => {
  const renamed = alter(wide(30), wide(30), { verdict: { how: 'instant' } });
  expect(found(53, 8_004_000, { 30: [renamed] })).toEqual([52]);
  expect(found(53, 8_004_000, { 30: [add(30, { isRefused: true })] })).toEqual([52]);
});

test('a table whose budget is nearly used up is named with its count and limit', () => {
  const { findings } = lintStatements(Array.from({ length: 52 }, (_, at) => [add(at)]));
  expect(findings).toMatchObject([
    { rule: 'instant-budget', message: 't has had 52 of 64 instant changes.' },
  ]);
});
