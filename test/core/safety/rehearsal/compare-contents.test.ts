import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareDefinitions } from '../../../../src/core/safety/rehearsal/compare-definitions.ts';
import { compareRows } from '../../../../src/core/safety/rehearsal/compare-rows.ts';
import type {
  CellText,
  DatabaseContents,
  TableContents,
} from '../../../../src/core/safety/rehearsal/database-contents.ts';
import { withoutGaps } from '../../../../src/core/safety/rehearsal/without-gaps.ts';

function table(
  columns: readonly string[],
  rows: readonly (readonly CellText[])[],
  definition = 'CREATE TABLE',
): TableContents {
  return {
    definition,
    columns: columns.map((name) => ({
      name,
      type: 'int',
      isGenerated: false,
      isNumbered: name === 'id',
      isTimestamped: false,
    })),
    rows,
  };
}

function contents(tables: Readonly<Record<string, TableContents>>): DatabaseContents {
  return { tables: new Map(Object.entries(tables)), objects: new Map(), bookkeeping: new Map() };
}

const defined = (...lines: string[]) =>
  contents({
    a: table([], [], `CREATE TABLE \`a\` (\n${lines.map((line) => `  ${line}`).join(',\n')}\n)`),
  });

test.each([
  [['`x` int', '`y` int'], ['`x` int', '`y` int'], []],
  [['`x` int', '`y` int'], ['`y` int', '`x` int'], ['order']],
  [
    ['`x` int', 'KEY `a` (`x`)', 'KEY `b` (`x`)'],
    ['`x` int', 'KEY `b` (`x`)', 'KEY `a` (`x`)'],
    ['index order'],
  ],
  [['`x` int'], ['`x` bigint'], ['definition']],
  [["`x` int COMMENT 'it''s, old'"], ['`x` int'], ['comment']],
  [["`x` varchar(9) DEFAULT 'a'"], ["`x` varchar(9) DEFAULT 'b'"], ['definition']],
])('compares the lines of a definition: %j with %j', (one, other, wanted) => {
  const found = compareDefinitions(defined(...one), defined(...other));
  expect(found.map(({ of }) => of)).toEqual(wanted);
});

test('names objects that only one database has', () => {
  const view = { kind: 'view' as const, name: 'v', definition: 'CREATE VIEW v' };
  const other = { ...contents({}), objects: new Map([['view v', view]]) };
  expect(compareDefinitions(contents({}), other)).toMatchObject([{ object: 'view v' }]);
  expect(compareDefinitions(contents({ a: table([], []) }), contents({}))).toMatchObject([
    { object: 'table a', text: 'does not exist any more' },
  ]);
});

const cell = fc.option(fc.constantFrom('1', '2', 'null', ''), { nil: undefined });
const rowsOf = fc.array(fc.tuple(cell, cell), { maxLength: 6 });

test('rows are equal whatever their order, and differ if one value does', () => {
  fc.assert(
    fc.property(rowsOf, fc.integer(), (rows, seed) => {
      const shuffled = rows.toSorted((one, other) =>
        `${seed}${one}` < `${seed}${other}` ? 1 : -1,
      );
      const before = contents({ a: table(['x', 'y'], rows) });
      expect(compareRows(before, contents({ a: table(['x', 'y'], shuffled) }))).toEqual([]);
      if (rows.length === 0) return;
      const changed: CellText[][] = [['changed', rows[0]?.[1]], ...rows.slice(1)];
      const after = contents({ a: table(['x', 'y'], changed) });
      expect(compareRows(before, after)).toMatchObject([{ columns: ['x'] }]);
      expect(compareRows(before, after, new Set(['a.x']))).toEqual([]);
    }),
  );
});

test('swapped values are a difference, although each column has the same values', () => {
  const [before, after] = [
    contents({
      a: table(
        ['x', 'y'],
        [
          ['1', '1'],
          ['2', '2'],
        ],
      ),
    }),
    contents({
      a: table(
        ['x', 'y'],
        [
          ['1', '2'],
          ['2', '1'],
        ],
      ),
    }),
  ];
  expect(compareRows(before, after)).toMatchObject([{ of: 'rows', columns: [] }]);
});

test('gaps in generated ids are not a difference, nor are references to them in other columns', () => {
  const base = contents({
    users: table(['id', 'age'], [['1', '30']]),
    links: table(['user_id'], []),
  });
  const wanted = contents({
    users: table(
      ['id', 'age'],
      [
        ['1', '30'],
        ['2', '31'],
        ['3', '32'],
      ],
    ),
    links: table(['user_id'], [['2'], ['3']]),
  });
  const found = contents({
    users: table(
      ['id', 'age'],
      [
        ['1', '30'],
        ['5', '31'],
        ['6', '32'],
      ],
    ),
    links: table(['user_id'], [['5'], ['6']]),
  });
  expect(compareRows(wanted, found)).toHaveLength(2);
  expect(compareRows(wanted, withoutGaps(found, wanted, base))).toEqual([]);
});

test('an id that was written twice stays a difference', () => {
  const base = contents({ users: table(['id'], [['1']]) });
  const wanted = contents({ users: table(['id'], [['1'], ['2']]) });
  const found = contents({ users: table(['id'], [['1'], ['2'], ['3']]) });
  expect(compareRows(wanted, withoutGaps(found, wanted, base))).toHaveLength(1);
});

test('a reference to the wrong row stays a difference', () => {
  const base = contents({ users: table(['id'], []), links: table(['user_id'], []) });
  const wanted = contents({
    users: table(['id'], [['1'], ['2']]),
    links: table(['user_id'], [['2']]),
  });
  const found = contents({
    users: table(['id'], [['5'], ['6']]),
    links: table(['user_id'], [['2']]),
  });
  expect(compareRows(wanted, withoutGaps(found, wanted, base))).toEqual([]);
  const wrong = {
    ...found,
    tables: new Map([...found.tables, ['links', table(['user_id'], [['5']])]]),
  };
  expect(compareRows(wanted, withoutGaps(wrong, wanted, base))).toHaveLength(1);
});

test('an index that a server has made for a foreign key may be there or not', () => {
  const key = 'CONSTRAINT `fk` FOREIGN KEY (`x`) REFERENCES `b` (`id`)';
  const [one, other] = [defined('KEY `fk` (`x`)', key), defined('KEY `own` (`x`)', key)];
  expect(compareDefinitions(one, defined(key))).toMatchObject([{ of: 'index order' }]);
  expect(compareDefinitions(one, other)).toMatchObject([{ of: 'definition' }]);
});
