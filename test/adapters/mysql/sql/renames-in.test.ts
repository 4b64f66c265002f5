import { expect, test } from 'vitest';
import { renamesIn } from '../../../../src/adapters/mysql/sql/renames-in.ts';

const words = (sql: string) =>
  renamesIn(sql).map(({ what, from, to }) => `${what} ${from} > ${to}`);

test.each([
  ['RENAME TABLE a TO b', ['table a > b']],
  ['rename table `a` to tmp, b to a, tmp to b;', ['table a > tmp', 'table b > a', 'table tmp > b']],
  ['RENAME TABLES IF EXISTS x.a TO x.b', ['table a > b']],
  ['RENAME TABLE a NOWAIT TO b, c WAIT 3 TO d', ['table a > b', 'table c > d']],
  ['ALTER TABLE a RENAME TO b', ['table a > b']],
  ['ALTER TABLE a RENAME AS b', ['table a > b']],
  ['ALTER TABLE a RENAME b', ['table a > b']],
  ['ALTER TABLE a ADD x INT, RENAME TO b, DROP y', ['table a > b']],
  ['ALTER TABLE a RENAME COLUMN x TO y, RENAME INDEX i TO j', ['column x > y']],
  [
    'ALTER TABLE a CHANGE x y DECIMAL(5, 2), CHANGE COLUMN p q INT',
    ['column x > y', 'column p > q'],
  ],
  [
    'ALTER TABLE a CHANGE IF EXISTS x y INT, ADD PARTITION (PARTITION p VALUES IN (1, 2))',
    ['column x > y'],
  ],
  ['ALTER ONLINE IGNORE TABLE IF EXISTS a CHANGE `x` `y` INT', ['column x > y']],
  ['ALTER TABLE a CHANGE x x INT', []],
  ['ALTER TABLE a ADD x INT', []],
  ['DROP TABLE a, b', []],
  ['RENAME USER a TO b', []],
] as const)('the renames of %s are read', (sql, expected) => {
  expect(words(sql)).toEqual(expected);
});
