import { expect, test } from 'vitest';
import type { ColumnFacts } from '../../../../src/core/safety/online/spirit-columns.ts';
import {
  type SpiritFacts,
  whyNotSpirit,
} from '../../../../src/core/safety/online/why-not-spirit.ts';
import { CLAUSES, FIT } from './fit-facts.ts';

const column = (name: string, fullType: string, more: Partial<ColumnFacts> = {}): ColumnFacts => ({
  name,
  type: /^\w+/.exec(fullType)?.[0] ?? '',
  fullType,
  characterSet: /char|text|enum|set/.test(fullType) ? 'utf8mb4' : undefined,
  length: Number(/char\((\d+)\)/.exec(fullType)?.[1] ?? 65_535),
  isNullable: true,
  hasDefault: false,
  isGenerated: false,
  ...more,
});
const ID = column('id', 'int', { isNullable: false });
const SPIRIT: SpiritFacts = {
  stored: ['acme', 'tasks'],
  asked: ['acme', 'tasks'],
  columns: [ID, column('points', 'int')],
  columnsAfter: [ID, column('points', 'bigint')],
  uniqueKeys: [],
  expressionKeys: [],
  reservedKeys: [],
  greatest: new Map(),
  zeroIncrement: undefined,
  logsReplicaUpdates: true,
  hasPerformanceSchema: true,
  foreignTables: [],
};

test('Spirit has no reason against a table that fits', () => {
  expect(whyNotSpirit(FIT, SPIRIT, CLAUSES)).toBeUndefined();
});

test.each<[Partial<SpiritFacts>, RegExp]>([
  [{ stored: ['acme', 'Tasks'] }, /another case/],
  [{ stored: ['acme', 'a b'], asked: ['acme', 'a b'] }, /need quotes/],
  [{ stored: ['acme', 'ö'.repeat(29)], asked: ['acme', 'ö'.repeat(29)] }, /longer than 56 bytes/],
  [{ foreignTables: ['_tasks_old'] }, /would drop _tasks_old/],
  [{ uniqueKeys: ['by_name'] }, /unique keys .*by_name/],
  [{ expressionKeys: ['by_year'] }, /indexes on expressions/],
  [{ reservedKeys: ['order'] }, /reserved word/],
  [{ zeroIncrement: 'id' }, /value 0/],
  [{ columns: [ID], columnsAfter: [ID] }, /no column beside/],
  [{ logsReplicaUpdates: false }, /log_replica_updates/],
  [{ hasPerformanceSchema: false }, /performance_schema/],
  [{ greatest: new Map([['id', 1n << 30n]]) }, /has the value 1073741824/],
])('%j is a reason against Spirit', (fact, reason) => {
  expect(whyNotSpirit(FIT, { ...SPIRIT, ...fact }, CLAUSES)).toMatch(reason);
});

test('a percent sign in the statement is a reason', () => {
  const text = "MODIFY points BIGINT COMMENT '50%'";
  expect(whyNotSpirit(FIT, SPIRIT, { ...CLAUSES, text })).toMatch(/percent/);
});

test.each(['varchar', 'binary', 'datetime', 'enum'])('a key of %s is a reason', (type) => {
  const key = [{ name: 'id', type, characterSet: undefined }];
  expect(whyNotSpirit({ ...FIT, key }, SPIRIT, CLAUSES)).toMatch(/column id of the primary key/);
});

test.each([
  column('a', 'json'),
  column('a', 'bit(1)'),
  column('a', 'point'),
  column('a', 'varbinary(9)'),
  column('a', 'blob'),
  column('a', 'tinyint unsigned'),
  column('a', 'smallint unsigned'),
  column('a', 'mediumint unsigned'),
  column('a', 'int unsigned zerofill'),
  column('a', "enum('1','2')"),
  column('a', 'varchar(9)', { characterSet: 'latin1' }),
  column('a', 'int', { isGenerated: true }),
])('a column of $fullType is a reason', (odd) => {
  const columns = [...SPIRIT.columns, odd];
  expect(whyNotSpirit(FIT, { ...SPIRIT, columns }, CLAUSES)).toMatch(/column a /);
});

test.each([
  ['int', 'bigint'],
  ['int unsigned', 'bigint'],
  ['varchar(9)', 'varchar(10)'],
  ['varchar(9)', 'text'],
  ['decimal(10,2)', 'decimal(14,4)'],
  ["enum('a','b')", "enum('a','b','c')"],
  ['datetime', 'datetime(6)'],
  ['date', 'datetime'],
  ['char(4)', 'varchar(4)'],
])('%s may become %s', (from, to) => {
  const [columns, columnsAfter] = [from, to].map((type) => [ID, column('a', type)]) as [
    ColumnFacts[],
    ColumnFacts[],
  ];
  expect(whyNotSpirit(FIT, { ...SPIRIT, columns, columnsAfter }, CLAUSES)).toBeUndefined();
});

test.each([
  ['bigint', 'int'],
  ['int', 'int unsigned'],
  ['varchar(9)', 'varchar(8)'],
  ['varchar(9)', 'char(9)'],
  ['varchar(60000)', 'text'],
  ['decimal(10,2)', 'decimal(10,4)'],
  ["enum('a','b')", "enum('b','a')"],
  ['datetime(6)', 'datetime'],
  ['time', 'time(6)'],
  ['datetime', 'date'],
  ['int', 'varchar(30)'],
  ['float', 'double'],
])('%s must not become %s, which might not take every value', (from, to) => {
  const columns = [ID, column('a', from)];
  const columnsAfter = [ID, column('a', to)];
  const why = whyNotSpirit(FIT, { ...SPIRIT, columns, columnsAfter }, CLAUSES);
  expect(why).toMatch(/might not take every value/);
});

test.each<[Partial<ColumnFacts>, RegExp]>([
  [{ name: 'Points' }, /as Points/],
  [{ isNullable: false }, /NOT NULL/],
])('a column must not become %j', (change, reason) => {
  const columnsAfter = [ID, column('points', 'bigint', change)];
  expect(whyNotSpirit(FIT, { ...SPIRIT, columnsAfter }, CLAUSES)).toMatch(reason);
});

test('a new column must be nullable or have a default', () => {
  const added = column('made', 'int', { isNullable: false });
  const columnsAfter = [...SPIRIT.columnsAfter, added];
  expect(whyNotSpirit(FIT, { ...SPIRIT, columnsAfter }, CLAUSES)).toMatch(/no default/);
});
