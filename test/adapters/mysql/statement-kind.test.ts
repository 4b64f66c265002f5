import { expect, it } from 'vitest';
import { kindOf } from '../../../src/adapters/mysql/sql/statement-kind.ts';

it.each([
  ['BEGIN;', 'control'],
  ['start transaction', 'control'],
  ['RELEASE SAVEPOINT trx2;', 'control'],
  ['ROLLBACK TO trx2', 'control'],
  ['BEGIN NOT ATOMIC SELECT 1; END', 'opaque'],
  ['SET @a = 1', 'session'],
  ['/* over there */ USE other', 'session'],
  ['CREATE TEMPORARY TABLE t (id INT)', 'session'],
  ['create or replace temporary table t (id int)', 'session'],
  ['DROP TEMPORARY TABLE t', 'session'],
  ['SELECT id INTO @a FROM t', 'session'],
  ["SELECT GET_LOCK('a', 1)", 'session'],
  ['LOCK TABLES t WRITE', 'locking'],
  ['UNLOCK TABLES', 'unlocking'],
  ['(SELECT 1) UNION (SELECT 2)', 'read'],
  ['WITH a AS (SELECT 1) SELECT * FROM a', 'read'],
  ['WITH a AS (SELECT 1) DELETE FROM t WHERE id IN (SELECT * FROM a)', 'write'],
  ['# comment\ninsert into t values (1)', 'write'],
  ["LOAD DATA INFILE 'x' INTO TABLE t", 'write'],
  ['alter table t add a int', 'ddl'],
  ['TRUNCATE t', 'ddl'],
  ['CALL fill()', 'opaque'],
  ['EXECUTE prepared', 'opaque'],
  ["XA START 'x'", 'refused'],
])('%s is %s', (sql, kind) => {
  expect(kindOf(sql)).toBe(kind);
});
