import { expect, test } from 'vitest';
import { changesBetween } from '../../../../src/adapters/mysql/scratch/changes-between.ts';
import { column, table } from '../../../core/safety/lint/lint-statements.ts';

const named = (name: string, ...columns: readonly string[]) =>
  table(
    columns.map((each) => column(each)),
    { name },
  );
const tables = (...all: readonly ReturnType<typeof named>[]) =>
  new Map(all.map((each) => [each.name, each]));

/** The changes as `old(columns) > new(columns)`. */
function words(
  before: ReturnType<typeof tables>,
  after: ReturnType<typeof tables>,
  ...renames: readonly (readonly [string, string])[]
): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  const list = renames.map(([from, to]) => ({ what: 'table', from, to }) as const);
  const shown = (one: ReturnType<typeof named> | undefined) =>
    one === undefined ? '-' : `${one.name}(${one.columns.map((each) => each.name).join()})`;
  return changesBetween(before, after, { names, renames: list })
    .map((change) => `${shown(change.before as never)} > ${shown(change.after as never)}`)
    .sort();
}

test('a renamed table is one change, also beside other clauses', () => {
  expect(words(tables(named('a', 'x')), tables(named('b', 'x')), ['a', 'b'])).toEqual([
    'a(x) > b(x)',
  ]);
  expect(words(tables(named('a', 'x')), tables(named('b', 'x', 'y')), ['a', 'b'])).toEqual([
    'a(x) > b(x,y)',
  ]);
});

test('tables that swap their names keep their definitions', () => {
  const before = tables(named('a', 'x'), named('b', 'y'));
  const after = tables(named('a', 'y'), named('b', 'x'));
  expect(words(before, after, ['a', 'tmp'], ['b', 'a'], ['tmp', 'b'])).toEqual([
    'a(x) > b(x)',
    'b(y) > a(y)',
  ]);
});

test('a name that another table takes does not change the first one', () => {
  const before = tables(named('old', 'x'), named('new', 'y'));
  const after = tables(named('old', 'y'), named('backup', 'x'));
  expect(words(before, after, ['old', 'backup'], ['new', 'old'])).toEqual([
    'new(y) > old(y)',
    'old(x) > backup(x)',
  ]);
});

test('renames that come back to the first name change nothing', () => {
  const same = tables(named('a', 'x'));
  expect(words(same, same, ['a', 'b'], ['b', 'a'])).toEqual([]);
});

test('several tables that one statement drops are a change each', () => {
  expect(
    words(tables(named('a', 'x'), named('b', 'y'), named('c', 'z')), tables(named('c', 'z'))),
  ).toEqual(['a(x) > -', 'b(y) > -']);
});
