import type { OwnTable, VerdictKind } from './verdict-kinds.ts';

/** Rows for tables whose key is numbered by the server. */
const fill = (into: string, values: string) =>
  `INSERT INTO ${into} SELECT ${values} FROM (SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3) AS numbers`;

const table = (create: string, into: string, values: string): OwnTable => ({
  create,
  fill: fill(into, values),
});

const WIDE = table(
  'CREATE TABLE wide (id INT NOT NULL PRIMARY KEY, ascii VARCHAR(255) CHARACTER SET latin1, many VARCHAR(63) CHARACTER SET utf8mb4, three VARCHAR(85) CHARACTER SET utf8mb3, bytes VARBINARY(255), fixed CHAR(10), note TINYTEXT, KEY by_many (many)) ENGINE=InnoDB',
  'wide (id, ascii, many)',
  "n, 'a', 'b'",
);

const CASCADES: readonly OwnTable[] = [
  table('CREATE TABLE roots (id INT NOT NULL PRIMARY KEY) ENGINE=InnoDB', 'roots (id)', 'n'),
  table(
    'CREATE TABLE leaves (id INT NOT NULL PRIMARY KEY, root_id INT, label VARCHAR(20), CONSTRAINT of_root FOREIGN KEY (root_id) REFERENCES roots (id) ON DELETE CASCADE) ENGINE=InnoDB',
    'leaves (id, root_id)',
    'n, n',
  ),
];

const PLACES = table(
  'CREATE TABLE places (id INT NOT NULL PRIMARY KEY, at POINT NOT NULL, label VARCHAR(20)) ENGINE=InnoDB',
  'places (id, at)',
  'n, POINT(n, n)',
);

const MYISAM = table(
  'CREATE TABLE shelf (id INT NOT NULL PRIMARY KEY, label VARCHAR(20), state ENUM("a","b")) ENGINE=MyISAM',
  'shelf (id, label)',
  "n, 'x'",
);

const ARIA = table(
  'CREATE TABLE aria (id INT NOT NULL PRIMARY KEY, label VARCHAR(20)) ENGINE=Aria',
  'aria (id, label)',
  "n, 'x'",
);

const PAST = table(
  'CREATE TABLE past (id INT NOT NULL PRIMARY KEY, label VARCHAR(20)) ENGINE=InnoDB WITH SYSTEM VERSIONING',
  'past (id, label)',
  "n, 'x'",
);

const DATES = table(
  'CREATE TABLE dates (id INT NOT NULL, made DATE NOT NULL, label VARCHAR(20), PRIMARY KEY (id, made), KEY by_label (label)) ENGINE=InnoDB PARTITION BY RANGE COLUMNS (made) (PARTITION p0 VALUES LESS THAN ("2026-01-01"), PARTITION p1 VALUES LESS THAN ("2027-01-01"), PARTITION pm VALUES LESS THAN (MAXVALUE))',
  'dates (id, made)',
  "n, '2026-05-05'",
);

const HASHED = table(
  'CREATE TABLE hashed (id INT NOT NULL PRIMARY KEY, label VARCHAR(20)) ENGINE=InnoDB PARTITION BY KEY (id) PARTITIONS 4',
  'hashed (id)',
  'n',
);

const LISTED = table(
  'CREATE TABLE listed (id INT NOT NULL PRIMARY KEY) ENGINE=InnoDB PARTITION BY LIST (id) (PARTITION a VALUES IN (1,2,3))',
  'listed (id)',
  'n',
);

const DYNAMIC = table(
  'CREATE TABLE dyn (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, code VARCHAR(36), doc JSON, KEY by_code (code)) ENGINE=InnoDB ROW_FORMAT=DYNAMIC',
  'dyn (code, doc)',
  "n, '{}'",
);

const on = (tables: OwnTable | readonly OwnTable[], kinds: readonly (string | VerdictKind)[]) =>
  kinds.map(
    (kind): VerdictKind => ({
      ...(typeof kind === 'string' ? { sql: kind } : kind),
      tables: 'create' in tables ? [tables] : tables,
    }),
  );

const only = (server: 'mysql' | 'mariadb', sql: string): VerdictKind => ({ sql, on: server });

const unbound = (verdict: VerdictKind['unbound'], sql: string): VerdictKind => ({
  sql,
  ...(verdict !== undefined && { unbound: verdict }),
});

/** Statements about which people ask in public whether they lock a table, with the tables that they are about. */
export const ASKED_KINDS: readonly VerdictKind[] = [
  ...on(WIDE, [
    // The length of a text takes one byte up to 255 bytes, and two beyond.
    'ALTER TABLE wide MODIFY ascii VARCHAR(256) CHARACTER SET latin1',
    'ALTER TABLE wide MODIFY ascii VARCHAR(2000) CHARACTER SET latin1',
    'ALTER TABLE wide MODIFY many VARCHAR(64) CHARACTER SET utf8mb4',
    'ALTER TABLE wide MODIFY many VARCHAR(255) CHARACTER SET utf8mb4',
    'ALTER TABLE wide MODIFY many VARCHAR(60) CHARACTER SET utf8mb4',
    'ALTER TABLE wide MODIFY many TEXT CHARACTER SET utf8mb4',
    'ALTER TABLE wide MODIFY three VARCHAR(86) CHARACTER SET utf8mb3',
    'ALTER TABLE wide MODIFY three VARCHAR(85) CHARACTER SET utf8mb4',
    'ALTER TABLE wide MODIFY bytes VARBINARY(256)',
    'ALTER TABLE wide MODIFY fixed CHAR(12)',
    'ALTER TABLE wide MODIFY fixed VARCHAR(10)',
    'ALTER TABLE wide MODIFY note TEXT',
    'ALTER TABLE wide MODIFY many VARCHAR(63) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
    'ALTER TABLE wide CONVERT TO CHARACTER SET utf8mb4',
    'ALTER TABLE wide CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
    'ALTER TABLE wide CHANGE fixed renamed CHAR(12)',
    'ALTER TABLE wide CHANGE many renamed VARCHAR(63) CHARACTER SET utf8mb4 FIRST',
    'ALTER TABLE wide ADD COLUMN extra INT, DROP COLUMN note',
    'ALTER TABLE wide DROP COLUMN many, DROP COLUMN note',
    'ALTER TABLE wide ADD COLUMN a INT AFTER id, ADD COLUMN b INT NOT NULL DEFAULT 3, ADD INDEX by_a (a)',
    'ALTER TABLE wide ADD COLUMN a INT, RENAME COLUMN note TO remark',
    'ALTER TABLE wide ADD COLUMN a TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP',
    'ALTER TABLE wide ADD COLUMN a TEXT NOT NULL',
    'ALTER TABLE wide ADD COLUMN a VARCHAR(10) CHARACTER SET latin1 COLLATE latin1_bin',
    'ALTER TABLE wide ADD COLUMN a INT CHECK (a > 0)',
    'ALTER TABLE wide ADD COLUMN a INT REFERENCES wide (id)',
    'ALTER TABLE wide ADD COLUMN a INT INVISIBLE DEFAULT 4',
    'ALTER TABLE wide ADD INDEX by_desc (ascii DESC)',
    'ALTER TABLE wide ADD INDEX by_hash (ascii) USING BTREE',
    'ALTER TABLE wide ADD UNIQUE INDEX one_many (many, id)',
    'ALTER TABLE wide ADD INDEX a1 (ascii), ADD INDEX a2 (three), DROP INDEX by_many',
    'ALTER TABLE wide ADD FULLTEXT INDEX f1 (note)',
    'ALTER TABLE wide ADD FULLTEXT INDEX f1 (note), ADD FULLTEXT INDEX f2 (ascii)',
    unbound('not judged', 'ALTER TABLE wide DISABLE KEYS'),
    unbound('not judged', 'ANALYZE TABLE wide'),
    unbound('not judged', 'OPTIMIZE TABLE wide'),
    unbound('definition only', 'TRUNCATE TABLE wide'),
    unbound('definition only', 'RENAME TABLE wide TO wide2, wide2 TO wide'),
    unbound('definition only', 'CREATE TABLE wide2 LIKE wide'),
    unbound('not judged', 'CREATE TABLE wide3 AS SELECT id FROM wide'),
    unbound('definition only', 'CREATE OR REPLACE VIEW narrow AS SELECT id FROM wide'),
    unbound('definition only', 'ALTER VIEW narrow AS SELECT id, ascii FROM wide'),
    unbound('definition only', 'CREATE PROCEDURE grow() ALTER TABLE wide ADD COLUMN a INT'),
    unbound('definition only', 'DROP TABLE IF EXISTS wide2, wide3'),
    { ...unbound('definition only', 'CREATE SEQUENCE IF NOT EXISTS numbers'), on: 'mariadb' },
    { ...unbound('definition only', 'ALTER SEQUENCE numbers RESTART 10'), on: 'mariadb' },
    'ALTER TABLE wide ROW_FORMAT=DYNAMIC',
    'ALTER TABLE wide ROW_FORMAT=COMPACT',
    'ALTER TABLE wide KEY_BLOCK_SIZE=8',
    'ALTER TABLE wide STATS_AUTO_RECALC=0',
    'ALTER TABLE wide MAX_ROWS=1000000',
    'ALTER TABLE wide DROP PRIMARY KEY, ADD COLUMN nr INT NOT NULL AUTO_INCREMENT PRIMARY KEY FIRST',
    only('mysql', 'ALTER TABLE wide ADD INDEX by_json ((CAST(note AS CHAR(10))))'),
    only('mysql', "ALTER TABLE wide ENCRYPTION='N'"),
    only('mysql', 'ALTER TABLE wide TABLESPACE innodb_system'),
    only('mysql', "ALTER TABLE wide ENGINE_ATTRIBUTE='{}'"),
    only('mysql', "ALTER TABLE wide COMPRESSION='zlib'"),
    only('mysql', 'ALTER TABLE wide ALTER COLUMN note SET DEFAULT (UPPER("a"))'),
    only('mariadb', 'ALTER TABLE wide PAGE_COMPRESSED=1'),
    only('mariadb', 'ALTER TABLE wide ADD COLUMN IF NOT EXISTS a INT'),
    only('mariadb', 'ALTER TABLE wide DROP INDEX IF EXISTS by_many'),
    only('mariadb', 'ALTER TABLE wide MODIFY note TINYTEXT COMPRESSED'),
    only('mariadb', 'ALTER TABLE wide ADD SYSTEM VERSIONING'),
    only('mariadb', 'ALTER IGNORE TABLE wide ADD COLUMN a INT'),
    only('mariadb', 'ALTER ONLINE TABLE wide ADD COLUMN a INT'),
    { sql: 'ALTER TABLE wide ADD COLUMN a INT, ALGORITHM=INSTANT', own: { algorithm: 'INSTANT' } },
    {
      sql: 'ALTER TABLE wide ADD COLUMN a INT, ALGORITHM=DEFAULT',
      plain: 'ALTER TABLE wide ADD COLUMN a INT',
    },
    {
      sql: 'ALTER TABLE wide ADD INDEX a1 (ascii), LOCK=EXCLUSIVE',
      own: { lock: 'EXCLUSIVE' },
    },
    unbound('not judged', '/*!50600 ALTER TABLE wide ADD COLUMN a INT */'),
    {
      sql: 'ALTER TABLE wide /*!50600 ADD COLUMN a INT */',
      plain: 'ALTER TABLE wide ADD COLUMN a INT',
    },
    {
      sql: 'ALTER TABLE wide ADD COLUMN a INT /*!99999 , DROP COLUMN note */',
      plain: 'ALTER TABLE wide ADD COLUMN a INT',
    },
  ]),
  ...on(CASCADES, [
    'ALTER TABLE leaves ADD COLUMN extra INT',
    'ALTER TABLE leaves ADD INDEX by_label (label)',
    'ALTER TABLE leaves MODIFY label VARCHAR(30)',
    'ALTER TABLE leaves DROP FOREIGN KEY of_root, DROP COLUMN root_id',
    'ALTER TABLE leaves DROP FOREIGN KEY of_root, ADD CONSTRAINT of_root2 FOREIGN KEY (root_id) REFERENCES roots (id)',
    {
      sql: 'ALTER TABLE leaves DROP FOREIGN KEY of_root, ADD CONSTRAINT of_root2 FOREIGN KEY (root_id) REFERENCES roots (id)',
      after: ['SET foreign_key_checks = 0'],
    },
    'ALTER TABLE leaves ENGINE=InnoDB',
    'ALTER TABLE roots ADD COLUMN extra INT',
    'ALTER TABLE roots ENGINE=InnoDB',
  ]),
  ...on(PLACES, [
    'ALTER TABLE places ADD SPATIAL INDEX by_place (at)',
    'CREATE SPATIAL INDEX by_place ON places (at)',
    'ALTER TABLE places ADD COLUMN extra INT',
    {
      sql: 'ALTER TABLE places ADD COLUMN extra INT',
      after: ['CREATE SPATIAL INDEX s ON places (at)'],
    },
    { sql: 'ALTER TABLE places ENGINE=InnoDB', after: ['CREATE SPATIAL INDEX s ON places (at)'] },
    { sql: 'ALTER TABLE places DROP INDEX s', after: ['CREATE SPATIAL INDEX s ON places (at)'] },
  ]),
  ...on(MYISAM, [
    'ALTER TABLE shelf ADD COLUMN extra INT',
    'ALTER TABLE shelf ADD INDEX by_label (label)',
    'ALTER TABLE shelf ENGINE=InnoDB',
    'ALTER TABLE shelf RENAME COLUMN label TO title',
    'ALTER TABLE shelf ALTER COLUMN label SET DEFAULT "x"',
    'ALTER TABLE shelf MODIFY state ENUM("a","b","c")',
    'ALTER TABLE shelf COMMENT="x"',
  ]),
  ...on(ARIA, [
    only('mariadb', 'ALTER TABLE aria ADD COLUMN extra INT'),
    only('mariadb', 'ALTER TABLE aria TRANSACTIONAL=0'),
    only('mariadb', 'ALTER TABLE aria ENGINE=InnoDB'),
    only('mariadb', 'ALTER TABLE aria ADD INDEX by_label (label)'),
  ]),
  ...on(PAST, [
    only('mariadb', 'ALTER TABLE past DROP SYSTEM VERSIONING'),
    {
      ...only('mariadb', 'ALTER TABLE past ADD COLUMN extra INT'),
      after: ['SET system_versioning_alter_history = KEEP'],
    },
    {
      ...only('mariadb', 'ALTER TABLE past ADD INDEX by_label (label)'),
      after: ['SET system_versioning_alter_history = KEEP'],
    },
  ]),
  ...on(DATES, [
    'ALTER TABLE dates ADD COLUMN extra INT',
    'ALTER TABLE dates ADD INDEX by_both (label, made)',
    'ALTER TABLE dates DROP INDEX by_label',
    only('mysql', 'ALTER TABLE dates DROP PARTITION p0'),
    unbound('definition only', 'ALTER TABLE dates TRUNCATE PARTITION p0'),
    only('mysql', 'ALTER TABLE dates REBUILD PARTITION p1'),
    unbound('not judged', 'ALTER TABLE dates ANALYZE PARTITION p1'),
    unbound('not judged', 'ALTER TABLE dates OPTIMIZE PARTITION p1'),
    unbound('not judged', 'ALTER TABLE dates REPAIR PARTITION ALL'),
    unbound('not judged', 'ALTER TABLE dates CHECK PARTITION p0, p1;'),
    only(
      'mysql',
      'ALTER TABLE dates REORGANIZE PARTITION pm INTO (PARTITION p2 VALUES LESS THAN ("2028-01-01"), PARTITION pm VALUES LESS THAN (MAXVALUE))',
    ),
  ]),
  ...on(HASHED, [
    'ALTER TABLE hashed ADD COLUMN extra INT',
    only('mysql', 'ALTER TABLE hashed ADD PARTITION PARTITIONS 2'),
    only('mysql', 'ALTER TABLE hashed COALESCE PARTITION 2'),
    'ALTER TABLE hashed REMOVE PARTITIONING',
  ]),
  ...on(LISTED, [only('mysql', 'ALTER TABLE listed ADD PARTITION (PARTITION b VALUES IN (4,5))')]),
  ...on(DYNAMIC, [
    "ALTER TABLE dyn ADD COLUMN kind VARCHAR(10) GENERATED ALWAYS AS (JSON_UNQUOTE(JSON_EXTRACT(doc, '$.kind'))) VIRTUAL",
    "ALTER TABLE dyn ADD COLUMN kind VARCHAR(10) GENERATED ALWAYS AS (JSON_UNQUOTE(JSON_EXTRACT(doc, '$.kind'))) VIRTUAL, ADD INDEX by_kind (kind)",
    "ALTER TABLE dyn ADD COLUMN kind VARCHAR(10) GENERATED ALWAYS AS (JSON_UNQUOTE(JSON_EXTRACT(doc, '$.kind'))) STORED AFTER id",
    'ALTER TABLE dyn AUTO_INCREMENT=100',
    'ALTER TABLE dyn MODIFY id BIGINT NOT NULL AUTO_INCREMENT',
    'ALTER TABLE dyn MODIFY code VARCHAR(36) NOT NULL',
    'ALTER TABLE dyn MODIFY code BINARY(16)',
    'ALTER TABLE dyn MODIFY doc LONGTEXT',
    "ALTER TABLE dyn MODIFY code VARCHAR(36) COMMENT 'of the order'",
    'ALTER TABLE dyn DROP PRIMARY KEY, MODIFY id INT NOT NULL',
    {
      sql: 'ALTER TABLE dyn ADD COLUMN extra INT',
      after: ['ALTER TABLE dyn ADD FULLTEXT INDEX f (code)', 'ALTER TABLE dyn DROP INDEX f'],
    },
    {
      sql: 'ALTER TABLE dyn ADD COLUMN extra INT FIRST',
      after: ['ALTER TABLE dyn ADD FULLTEXT INDEX f (code)'],
    },
    {
      // The 65th change of MariaDB's former limit and of MySQL's first one.
      sql: 'ALTER TABLE dyn ADD COLUMN last INT FIRST',
      after: Array.from({ length: 65 }, (_, at) => `ALTER TABLE dyn ADD COLUMN c${at} INT FIRST`),
    },
  ]),
];
