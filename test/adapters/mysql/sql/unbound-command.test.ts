import { expect, test } from 'vitest';
import { guardedStatement } from '../../../../src/adapters/mysql/sql/guarded-statement.ts';
import { DEFAULT_SQL_MODE } from '../../../../src/adapters/mysql/sql/sql-mode.ts';

const guardOf = (sql: string) =>
  guardedStatement(sql, DEFAULT_SQL_MODE, { kind: 'ddl', several: false }).guard;

test.each([
  'ALTER TABLE t OPTIMIZE PARTITION p0',
  'alter table `t` repair partition all;',
  'ALTER TABLE t EXCHANGE PARTITION p0 WITH TABLE u',
  'ALTER TABLE t ALGORITHM=INSTANT, OPTIMIZE PARTITION p0, p1',
  'ALTER TABLE t ENABLE KEYS',
  'ALTER TABLE t DISABLE KEYS;',
])('no clause binds %s, so that a guard cannot promise anything', (sql) => {
  expect(guardOf(sql)).toBe('none');
});

test.each([
  'ALTER TABLE t TRUNCATE PARTITION p0',
  'ALTER TABLE t ANALYZE PARTITION ALL',
  'ALTER TABLE t CHECK PARTITION p0',
])('%s needs no guard', (sql) => {
  expect(guardOf(sql)).toBe('not needed');
});

test.each([
  'ALTER TABLE t REBUILD PARTITION p0',
  'ALTER TABLE t REORGANIZE PARTITION p0 INTO (PARTITION p VALUES LESS THAN (9))',
  'ALTER TABLE t ADD COLUMN a INT, DISABLE KEYS',
  'ALTER TABLE t ADD COLUMN `check` INT',
  "ALTER TABLE t COMMENT 'OPTIMIZE PARTITION'",
])('clauses bind %s', (sql) => {
  expect(guardOf(sql)).toBe('clauses');
});
