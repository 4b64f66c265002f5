import { expect, test } from 'vitest';
import { writtenTables } from '../../../../src/core/safety/checks/written-tables.ts';
import { statement } from '../lint/lint-statements.ts';

const written = (sql: string, kind: 'write' | 'opaque' | 'read' | 'ddl' = 'write') =>
  writtenTables(statement(sql, { kind }));

test.for([
  ['INSERT INTO t VALUES (1)', ['t']],
  ['INSERT IGNORE `Odd name` VALUES (1)', ['odd name']],
  ['REPLACE DELAYED INTO T VALUES (1)', ['t']],
  ['INSERT INTO t SELECT a FROM x', ['t']],
  ['DELETE FROM t', ['t']],
  ['DELETE QUICK FROM t ORDER BY a LIMIT 1', ['t']],
] as const)('rows come to or go from the tables of "%s": %j', ([sql, tables]) => {
  expect(written(sql)).toEqual({ tables });
});

test.for([
  ['UPDATE t SET a = 1', ['a']],
  ['UPDATE LOW_PRIORITY t SET t.A = 1, `b c` = 2 WHERE d = 3, 4', ['a', 'b c']],
  ['UPDATE t SET a = (SELECT x, y FROM z), b = IF(c, d, e) LIMIT 1', ['a', 'b']],
  ['UPDATE t SET ? = 1, b = 2', undefined],
] as const)('the only columns that "%s" writes are %j', ([sql, columns]) => {
  expect(written(sql)).toEqual({ tables: ['t'], columns });
});

test.for([
  'INSERT INTO other.t VALUES (1)',
  'UPDATE t, x SET a = 1',
  'UPDATE t AS x SET a = 1',
  'DELETE t FROM t JOIN x',
  'DELETE FROM t PARTITION (p) WHERE a',
  'DELETE FROM QUICK',
  'WITH c AS (SELECT 1) UPDATE t SET a = 1',
  'LOAD DATA INFILE x INTO TABLE t',
])('any table may be among those that "%s" writes to', (sql) => {
  expect(written(sql)).toEqual({ tables: undefined });
});

test('a call may write to any table, and a read, a definition or a refused write to none', () => {
  expect(written('CALL p', 'opaque')).toEqual({ tables: undefined });
  for (const kind of ['read', 'ddl'] as const) {
    expect(written('UPDATE t SET a = 1', kind)).toEqual({ tables: [] });
  }
  expect(writtenTables(statement('UPDATE t SET a = 1', { isRefused: true }))).toEqual({
    tables: [],
  });
});
