import { expect, test } from 'vitest';
import { lossesOf } from '../../../../src/adapters/mysql/sql/losses.ts';
import { DEFAULT_SQL_MODE } from '../../../../src/adapters/mysql/sql/sql-mode.ts';

const losses = (sql: string) => {
  const found = lossesOf(sql, DEFAULT_SQL_MODE);
  if (found?.lost === 'tables') return found.tables.map(({ name }) => name);
  if (found?.lost === 'columns') return `${found.table.name}: ${found.columns.join(', ')}`;
  return found?.lost;
};

test.each<[string, string | string[] | undefined]>([
  ['DROP TABLE a', ['a']],
  ['drop table if exists `a b`, c;', ['a b', 'c']],
  ['DROP TABLES a, b CASCADE', ['a', 'b']],
  ['DROP TEMPORARY TABLE a', undefined],
  ['DROP VIEW a', undefined],
  ['DROP INDEX a ON b', undefined],
  ['ALTER TABLE t DROP COLUMN a, DROP b', 't: a, b'],
  ['ALTER TABLE t DROP a, ADD a INT', 't: a'],
  ['ALTER TABLE `t` drop `a`;', 't: a'],
  ['ALTER TABLE t DROP INDEX a, DROP PRIMARY KEY, DROP FOREIGN KEY f', undefined],
  ['ALTER TABLE t ADD COLUMN a INT', undefined],
  ['ALTER TABLE t MODIFY a BIGINT', undefined],
  ['ALTER TABLE t RENAME TO u', undefined],
  ['ALTER TABLE t DROP PARTITION p', 'unknown'],
  ['ALTER TABLE t DROP COLUMN IF EXISTS a', 'unknown'],
  ['ALTER TABLE t TRUNCATE PARTITION p', 'unknown'],
  ['CREATE OR REPLACE TABLE t (a INT)', 'unknown'],
  ['CREATE TABLE t (a INT)', undefined],
  ["ALTER TABLE t COMMENT 'DROP COLUMN a'", undefined],
])('%s loses %s', (sql, lost) => {
  expect(losses(sql)).toEqual(lost);
});
