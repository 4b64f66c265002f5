import type { WorkKind } from '../../../src/core/safety/forecast/work-kind.ts';

/** A statement on a table of the test, and its work. */
export interface WorkCase {
  readonly sql: string;
  readonly kind: WorkKind | 'none';
  /** Another kind on MariaDB. */
  readonly onMariaDb?: WorkKind;
  /** Default: `t`. */
  readonly tables?: readonly string[];
  readonly passes?: number;
}

/** Run in this order on one database. */
export const WORK_CASES: readonly WorkCase[] = [
  { sql: 'ALTER TABLE t ADD COLUMN instant1 INT', kind: 'constant' },
  { sql: 'ALTER TABLE t ALTER COLUMN a SET DEFAULT 5', kind: 'constant' },
  { sql: 'ALTER TABLE t ADD INDEX ia (a)', kind: 'index', passes: 1 },
  { sql: 'ALTER TABLE t ADD INDEX ib (b), ADD INDEX iab (a, b)', kind: 'index', passes: 2 },
  { sql: 'CREATE INDEX ic ON t (c)', kind: 'index', passes: 1 },
  { sql: 'CREATE UNIQUE INDEX iu ON t (id, c)', kind: 'index', passes: 1 },
  { sql: 'ALTER TABLE t RENAME INDEX ic TO id2', kind: 'constant' },
  { sql: 'ALTER TABLE t DROP INDEX id2', kind: 'constant' },
  { sql: 'DROP INDEX iab ON t', kind: 'constant' },
  { sql: 'ALTER TABLE t RENAME COLUMN c TO c2', kind: 'constant' },
  { sql: 'ALTER TABLE t MODIFY b VARCHAR(60)', kind: 'constant' },
  { sql: 'ALTER TABLE t MODIFY a BIGINT', kind: 'copy' },
  { sql: 'ALTER TABLE t MODIFY a BIGINT NOT NULL', kind: 'rebuild' },
  { sql: 'ALTER TABLE t FORCE', kind: 'rebuild' },
  { sql: 'ALTER TABLE t ENGINE = InnoDB', kind: 'rebuild' },
  { sql: 'ALTER TABLE t ROW_FORMAT = COMPRESSED', kind: 'rebuild' },
  { sql: 'ALTER TABLE t CONVERT TO CHARACTER SET latin1', kind: 'copy' },
  { sql: 'ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (id, a)', kind: 'rebuild' },
  { sql: "ALTER TABLE t COMMENT = 'x'", kind: 'constant' },
  { sql: 'INSERT INTO t (id, a) VALUES (1, 2)', kind: 'constant', tables: [] },
  { sql: 'INSERT INTO other (a) SELECT a FROM t', kind: 'rows', tables: ['other', 't'] },
  { sql: "UPDATE t SET b = 'it is in other' WHERE a = 1", kind: 'rows' },
  { sql: 'DELETE t FROM t JOIN other ON other.a = t.a', kind: 'rows', tables: ['t', 'other'] },
  { sql: 'DELETE FROM `t` WHERE a < 0', kind: 'rows' },
  { sql: 'REPLACE INTO t (id, a) VALUES (7, 7)', kind: 'constant', tables: [] },
  { sql: 'CREATE TABLE kept AS SELECT * FROM other', kind: 'rows', tables: ['other'] },
  { sql: 'CREATE TABLE made (id INT PRIMARY KEY, other INT)', kind: 'constant', tables: [] },
  { sql: 'CREATE VIEW seen AS SELECT * FROM t', kind: 'constant' },
  { sql: 'UPDATE made SET other = 1', kind: 'rows', tables: ['made'] },
  { sql: 'RENAME TABLE t TO u', kind: 'constant', tables: ['t'] },
  { sql: 'ALTER TABLE u ADD INDEX later (instant1)', kind: 'index', tables: ['u'], passes: 1 },
  { sql: 'ALTER TABLE u RENAME TO t', kind: 'constant', tables: ['u'] },
  { sql: 'TRUNCATE TABLE other', kind: 'constant', tables: ['other'] },
  { sql: 'DROP TABLE kept', kind: 'constant', tables: ['kept'] },
  { sql: 'SET @x = 1', kind: 'none' },
];
