import { expect, test } from 'vitest';
import { deriveChecks } from '../../../../src/core/safety/checks/derive-checks.ts';
import type {
  ColumnDefinition,
  TableDefinition,
} from '../../../../src/core/safety/table-definition.ts';
import type { Verdict } from '../../../../src/core/safety/verdict.ts';
import { alter, column, create, index, table, text } from '../lint/lint-statements.ts';

interface Options {
  readonly isMariaDb?: boolean;
  readonly how?: 'copy' | 'in place';
}

const base = table([column('n'), column('d', { type: 'time' })]);

/** The checks of a table that becomes another one, as sentences with the reaction. */
function asked(before: TableDefinition, after: TableDefinition, options: Options = {}): string[] {
  const { isMariaDb = false, how = 'in place' } = options;
  const verdict: Verdict = { how, blocks: 'writes' };
  const recording = {
    server: { product: 'x', isMariaDb, version: '1', number: 1, lowerCaseTableNames: 0 as const },
    migrations: [
      { id: '1', statements: [create(before)] },
      { id: '2', statements: [alter(before, after, { verdict })] },
    ],
  };
  const { checks } = deriveChecks(recording, new Set(['2']));
  return checks.map(({ finds, refused }) => `${finds}: ${refused}`);
}

/** The same about a new column of the table. */
const askedOfNew = (added: ColumnDefinition, options?: Options, rest?: Partial<TableDefinition>) =>
  asked(base, { ...base, ...rest, columns: [...base.columns, added] }, options);

const filled = (type: string, rest: Partial<ColumnDefinition> = {}) =>
  column('x', { type, isNullable: false, hasDefault: false, ...rest });

test.for<[string, ColumnDefinition, Options, string[]]>([
  ['that allows NULL', column('x', { type: 'date' }), {}, []],
  ['with a default', filled('date', { default: '2024-01-01' }), {}, []],
  ['of whole numbers', filled('int'), {}, []],
  ['of dates', filled('date'), {}, ['t.x has zero dates: strict']],
  ['of dates and times', filled('datetime'), {}, ['t.x has zero dates: strict']],
  ['of places', filled('point'), {}, ['t has rows, which get no value for x: always']],
  ['of places on MariaDB', filled('point'), { isMariaDb: true }, []],
  [
    'that numbers the rows',
    filled('tinyint unsigned', { isAutoIncrement: true }),
    {},
    ['t has more rows than TINYINT UNSIGNED has numbers: always'],
  ],
  [
    'that numbers the rows on MariaDB',
    filled('tinyint', { isAutoIncrement: true }),
    { isMariaDb: true },
    ['t has more rows than TINYINT has numbers: never'],
  ],
  ['that numbers the rows in fractions', filled('double', { isAutoIncrement: true }), {}, []],
])('a new column %s asks about existing rows, or not', ([, added, options, expected]) => {
  expect(askedOfNew(added, options)).toEqual(expected);
});

const computed = (type: string, rest: Partial<ColumnDefinition> = {}) =>
  column('x', { type, generated: 'stored', expression: '(`n` * 2)', ...rest });

test.for<[ColumnDefinition, string[]]>([
  [computed('tinyint'), ['t.x has numbers that TINYINT does not hold: strict']],
  [computed('decimal(4,2)'), ['t.x has numbers that DECIMAL(4,2) does not hold: strict']],
  [
    computed('decimal(2,2) unsigned', { isNullable: false }),
    ['t.x has NULL: strict', 't.x has numbers that DECIMAL(2,2) UNSIGNED does not hold: strict'],
  ],
  [
    text('x', 5, { generated: 'stored', expression: '`n`' }),
    ['t.x has values longer than 5 characters: strict'],
  ],
  [computed('text', { maxBytes: 65_535 }), ['t.x has values longer than 65,535 bytes: strict']],
  [computed('double'), []],
  [computed('double', { isNullable: false }), ['t.x has NULL: strict']],
])(
  'a new generated column %j asks for computed values that it does not take',
  ([added, expected]) => {
    expect(askedOfNew(added)).toEqual(expected);
  },
);

test('a virtual column asks if it is indexed, or if MariaDB copies its table', () => {
  const virtual = computed('tinyint', { generated: 'virtual' });
  const found = ['t.x has numbers that TINYINT does not hold: strict'];
  expect(askedOfNew(virtual)).toEqual([]);
  expect(askedOfNew(virtual, { how: 'copy' })).toEqual([]);
  expect(askedOfNew(virtual, { isMariaDb: true })).toEqual([]);
  expect(askedOfNew(virtual, { isMariaDb: true, how: 'copy' })).toEqual(found);
  expect(askedOfNew(virtual, {}, { indexes: [index('i', ['x'])] })).toEqual(found);
});

test('a generated column with the same expression asks nothing when its table changes', () => {
  const before = { ...base, columns: [...base.columns, computed('tinyint')] };
  expect(asked(before, { ...before, charset: 'latin1' })).toEqual([]);
});

test('a copy asks for zero dates in columns that stay as they are, and only of those with a day', () => {
  const dates = ['date', 'datetime', 'timestamp', 'time', 'int'];
  const before = table(dates.map((type) => column(`c_${type}`, { type })));
  const after = { ...before, charset: 'latin1' };
  expect(asked(before, after)).toEqual([]);
  expect(asked(before, after, { how: 'copy' })).toEqual(
    ['date', 'datetime', 'timestamp'].map((type) => `t.c_${type} has zero dates: strict`),
  );
});

test('a new unique key over a column that numbers the rows, or is NULL in all of them, asks nothing', () => {
  const unique = { indexes: [index('u', ['x'], { isUnique: true })] };
  expect(askedOfNew(filled('bigint', { isAutoIncrement: true }), {}, unique)).toEqual([]);
  expect(askedOfNew(column('x'), {}, unique)).toEqual([]);
  expect(askedOfNew(column('x', { default: 'NULL' }), {}, unique)).toEqual([]);
  expect(askedOfNew(column('x', { default: '5' }), {}, unique)).toEqual([
    't has rows with the same x: always',
  ]);
  const [found] = askedOfNew(computed('bigint'), {}, unique).slice(-1);
  expect(found).toBe('t has rows with the same x: always');
});

const withKey = (rest: Partial<TableDefinition>) => ({ ...base, ...rest });

test.for<[string, Partial<TableDefinition>, Partial<TableDefinition>, string[]]>([
  [
    'a constraint that is not enforced',
    {},
    { checkDefinitions: [{ name: 'c', clause: '`n` > 0', isEnforced: false }] },
    [],
  ],
  [
    'a constraint that becomes enforced',
    { checkDefinitions: [{ name: 'c', clause: '`n` > 0', isEnforced: false }] },
    { checkDefinitions: [{ name: 'c', clause: '`n` > 0', isEnforced: true }] },
    ['t has rows that violate c: always'],
  ],
  [
    'a unique key over an expression',
    {},
    { indexes: [index('u', ['n'], { isUnique: true, parts: [{ expression: '`n` + 1' }] })] },
    ['t has rows with the same n: always'],
  ],
  [
    'a unique key over an expression that was there',
    { indexes: [index('u', ['n'], { isUnique: true, parts: [{ expression: '`n` + 1' }] })] },
    { indexes: [index('v', ['n'], { isUnique: true, parts: [{ expression: '`n` + 1' }] })] },
    [],
  ],
  [
    'a unique key over fewer columns',
    { indexes: [index('u', ['n', 'd'], { isUnique: true })] },
    { indexes: [index('u', ['n'], { isUnique: true })] },
    ['t has rows with the same n: always'],
  ],
  [
    'a unique key over other columns',
    { indexes: [index('u', ['d'], { isUnique: true })] },
    { indexes: [index('u', ['n'], { isUnique: true })] },
    ['t has rows with the same n: always'],
  ],
  [
    'partitions by hash',
    {},
    { partitions: { method: 'HASH', expression: '`n`', values: [''] } },
    [],
  ],
  [
    'a list of several columns, which is not compared',
    {},
    { partitions: { method: 'LIST COLUMNS', expression: '`n`,`d`', values: ['(1,2)'] } },
    ['t has rows that no partition takes: always'],
  ],
  [
    'one partition more',
    { partitions: { method: 'RANGE', expression: '`n`', values: ['1'] } },
    { partitions: { method: 'RANGE', expression: '`n`', values: ['1', '2'] } },
    [],
  ],
])('of rows it is asked, or not, about %s', ([, before, after, expected]) => {
  expect(asked(withKey(before), withKey(after))).toEqual(expected);
});

test('a foreign key to its own table, or of other columns than before, asks for rows without a parent', () => {
  const key = { name: 'f', columns: ['n'], parent: 't', parentColumns: ['id'] };
  const parent = { ...base, columns: [...base.columns, column('id')] };
  const found = ['t has rows whose n is in no row of t: always'];
  expect(asked(parent, { ...parent, foreignKeys: [key] })).toEqual(found);
  const before = { ...parent, foreignKeys: [{ ...key, columns: ['d'] }] };
  expect(asked(before, { ...parent, foreignKeys: [key] })).toEqual(found);
  const same = { ...parent, foreignKeys: [{ ...key, name: 'g', parent: 'T' }] };
  expect(asked(same, { ...parent, foreignKeys: [key] })).toEqual([]);
});

test('a constraint by which MariaDB marks JSON asks for texts that are not, and MySQL has it as any other', () => {
  const checkDefinitions = [{ name: 'c', clause: 'json_valid(`n`)', isEnforced: true }];
  const after = withKey({ checkDefinitions });
  expect(asked(base, after, { isMariaDb: true })).toEqual([
    't.n has texts that are not JSON: always',
  ]);
  expect(asked(base, after)).toEqual(['t has rows that violate c: always']);
});
