import { expect, test } from 'vitest';
import {
  builtIndexes,
  rebuildsByRule,
} from '../../../../src/core/safety/forecast/rebuilds-by-rule.ts';
import type { ColumnDefinition } from '../../../../src/core/safety/table-definition.ts';
import { column, index, primary, table, text } from '../lint/lint-statements.ts';

const base = table([column('id'), text('name', 20)], { indexes: [primary('id')] });

/** The table with another column in the place of `name`. */
const named = (name: ColumnDefinition) => ({ ...base, columns: [column('id'), name] });
const list = (type: string) => named(column('name', { type }));

test.for([
  ['nothing', base, base, false],
  ['its engine', base, { ...base, engine: 'MyISAM' }, true],
  ['its character set', base, { ...base, charset: 'latin1' }, true],
  ['partitions', base, { ...base, isPartitioned: true }, true],
  ['its primary key', base, { ...base, indexes: [primary('name')] }, true],
  ['no primary key any more', base, { ...base, indexes: [] }, true],
  ['an index', base, { ...base, indexes: [primary('id'), index('i', ['name'])] }, false],
  ['one stored column more', base, { ...base, columns: [...base.columns, column('x')] }, true],
  [
    'a virtual column',
    base,
    { ...base, columns: [...base.columns, column('x', { generated: 'virtual' })] },
    false,
  ],
  ['another name of a column', base, named(text('title', 20)), false],
  ['a longer VARCHAR of at most 255 bytes', base, named(text('name', 60)), false],
  ['a VARCHAR that exceeds 255 bytes', base, named(text('name', 64)), true],
  [
    'a longer VARCHAR of 256 bytes and more',
    named(text('name', 64)),
    named(text('name', 99)),
    false,
  ],
  ['NOT NULL', base, named(text('name', 20, { isNullable: false })), true],
  ['another type', base, named(column('name')), true],
  ['another member of an ENUM', list("enum('a')"), list("enum('a','b')"), false],
  ['a SET instead of an ENUM', list("enum('a')"), list("set('a')"), true],
] as const)(
  'a table that gets %s is written anew, or not, by rule',
  ([, before, after, expected]) => {
    expect(rebuildsByRule(before, after)).toBe(expected);
  },
);

const withIndexes = (...indexes: ReturnType<typeof index>[]) => ({
  ...base,
  indexes: [primary('id'), ...indexes],
});

test.for([
  ['a new one', withIndexes(), withIndexes(index('i', ['name'])), ['i']],
  ['a primary key, which is part of the rows', { ...base, indexes: [] }, base, []],
  [
    'one with another name',
    withIndexes(index('i', ['name'])),
    withIndexes(index('j', ['name'])),
    [],
  ],
  [
    'one of two that are alike, if only one was there',
    withIndexes(index('i', ['name'])),
    withIndexes(index('j', ['name']), index('k', ['name'])),
    ['k'],
  ],
  [
    'one that became unique',
    withIndexes(index('i', ['name'])),
    withIndexes(index('i', ['name'], { isUnique: true })),
    ['i'],
  ],
  ['one that is gone', withIndexes(index('i', ['name'])), withIndexes(), []],
  [
    'one of a column that has another name, which is not there',
    withIndexes(index('i', ['name'])),
    withIndexes(index('i', ['title'])),
    [],
  ],
] as const)('of indexes, %s is built or not', ([, before, after, built]) => {
  expect(builtIndexes(before, after).map(({ name }) => name)).toEqual(built);
});
