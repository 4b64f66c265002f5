import { expect, test } from 'vitest';
import { otherDatabases } from '../../../../src/adapters/mysql/scratch/other-databases.ts';
import { sqlTokens } from '../../../../src/adapters/mysql/sql/sql-tokens.ts';

const found = (sql: string) => otherDatabases(sqlTokens(sql), 'mine');

test.each([
  'SELECT * FROM other.t',
  'SELECT * FROM a, `other`.`t`',
  'SELECT * FROM a JOIN other.t ON a.id = t.id',
  'INSERT INTO other.t VALUES (1)',
  'UPDATE other.t SET a = 1',
  'DELETE FROM other.t',
  'ALTER TABLE other.t ADD COLUMN a INT',
  'CREATE TABLE IF NOT EXISTS other.t (id INT)',
  'CREATE TABLE t (id INT, FOREIGN KEY (id) REFERENCES other.p (id))',
  'CREATE TABLE t LIKE other.t',
  'CREATE UNIQUE INDEX i ON other.t (a)',
  'DROP TABLE a, other.t',
  'RENAME TABLE t TO other.t',
  'TRUNCATE TABLE other.t',
  'CALL other.work()',
])('the other database in %s is found', (sql) => {
  expect(found(sql)).toEqual(['other']);
});

test.each([
  'SELECT t.id FROM t JOIN u ON t.id = u.id',
  'SELECT EXTRACT(YEAR FROM t.at), TRIM(t.a FROM t.b) FROM t',
  'SELECT * FROM mine.t, MINE.u',
  'SELECT * FROM information_schema.TABLES',
  'INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE t.a = 1',
  "SELECT * FROM t WHERE a LIKE 'x' AND t.b = 1",
  'UPDATE t JOIN u ON t.id = u.id SET t.a = u.a',
  "SELECT 'FROM other.t'",
])('no other database is found in %s', (sql) => {
  expect(found(sql)).toEqual([]);
});
