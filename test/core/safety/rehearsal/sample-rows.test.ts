import { expect, test } from 'vitest';
import { NO_CONTENTS } from '../../../../src/core/safety/rehearsal/database-contents.ts';
import { sampleRows } from '../../../../src/core/safety/rehearsal/sample-rows.ts';
import type { TableDefinition } from '../../../../src/core/safety/table-definition.ts';

const PLAIN = { texts: 'words', values: 'low' } as const;

const column = (name: string, type: string, more = {}) => ({
  name,
  position: 1,
  type,
  isNullable: false,
  hasDefault: false,
  isDefaultExpression: false,
  isAutoIncrement: false,
  ...more,
});

function tableOf(name: string, more: Partial<TableDefinition>): TableDefinition {
  const none = { indexes: [], foreignKeys: [], checks: [], columns: [] };
  return { name, isView: false, isPartitioned: false, ...none, ...more };
}

function empty(...tables: readonly TableDefinition[]) {
  const rows = tables.map(({ name }) => [name, { definition: '', columns: [], rows: [] }] as const);
  return { ...NO_CONTENTS, tables: new Map(rows) };
}

test('parents are filled before their children, with values that match', () => {
  const key = { name: 'fk', columns: ['user_id'], parent: 'users', parentColumns: ['id'] };
  const orders = tableOf('orders', { columns: [column('user_id', 'int')], foreignKeys: [key] });
  const users = tableOf('users', { columns: [column('id', 'int')] });
  const samples = sampleRows([orders, users], empty(orders, users), PLAIN);
  expect(samples.map(({ table }) => table)).toEqual(['users', 'orders']);
  expect(samples[1]?.rows).toEqual(samples[0]?.rows);
});

test('a key to a table with rows takes their values, and one to its own table is NULL', () => {
  const keys = [
    { name: 'fk', columns: ['role_id'], parent: 'roles', parentColumns: ['id'] },
    { name: 'self', columns: ['boss'], parent: 'users', parentColumns: ['id'] },
  ];
  const users = tableOf('users', {
    columns: [column('role_id', 'int'), column('boss', 'int', { isNullable: true })],
    foreignKeys: keys,
  });
  const id = {
    name: 'id',
    type: 'int',
    isGenerated: false,
    isNumbered: true,
    isTimestamped: false,
  };
  const contents = empty(users);
  contents.tables.set('roles', { definition: '', columns: [id], rows: [['7']] } as never);
  expect(sampleRows([users], contents, PLAIN)[0]?.rows).toEqual([
    ['7', undefined],
    ['7', undefined],
    ['7', undefined],
  ]);
});

test.each([
  ['int unsigned', '1'],
  ['tinyint(1)', '1'],
  ['bit(1)', '01'],
  ['decimal(10,2)', '1'],
  ['decimal(2,2)', '0.1'],
  ['float', '1'],
  ['year', '2001'],
  ['date', '2020-01-01'],
  ['datetime(6)', '2020-01-01 00:00:01'],
  ['time', '00:00:01'],
  ['json', '{"n": 1}'],
  ["enum('it''s','b')", "it's"],
  ['uuid', '00000000-0000-4000-8000-000000000001'],
  ['inet4', '192.0.2.1'],
  ['inet6', '2001:db8::1'],
  ['varbinary(20)', '01'],
  ['mediumblob', '01'],
  ['varchar(50)', 'sample 1'],
])('a column of the type %s gets a plain value', (type, wanted) => {
  const table = tableOf('a', { columns: [column('x', type)] });
  expect(sampleRows([table], empty(table), PLAIN)[0]?.rows[0]).toEqual([wanted]);
});

test('a short text is digits, and so is every text in that form', () => {
  const short = tableOf('a', { columns: [column('x', 'varchar(2)', { maxBytes: 8 })] });
  expect(sampleRows([short], empty(short), PLAIN)[0]?.rows[2]).toEqual(['3']);
  const long = tableOf('a', { columns: [column('x', 'longtext', { maxBytes: 4e9 })] });
  expect(sampleRows([long], empty(long), { texts: 'digits', values: 'low' })[0]?.rows[2]).toEqual([
    '3',
  ]);
});

test.each([
  ['int unsigned', '101'],
  ['tinyint', '101'],
  ['tinyint(1)', '0'],
  ['bit(1)', '00'],
  ['decimal(2,0)', '4'],
  ['year', '2101'],
  ['datetime', '2021-01-04 00:00:04'],
  ["enum('a','b')", 'b'],
  ['varchar(50)', '101'],
])('a high value of the type %s differs from the low ones', (type, wanted) => {
  const table = tableOf('a', { columns: [column('x', type, { maxBytes: 200 })] });
  const high = { texts: 'digits', values: 'high' } as const;
  expect(sampleRows([table], empty(table), high)[0]?.rows[0]).toEqual([wanted]);
});
