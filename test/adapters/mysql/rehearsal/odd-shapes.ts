/** Something that tenants have beside what their migrations made. */
export interface OddShape {
  readonly name: string;
  readonly on?: 'mysql' | 'mariadb';
  /** Statements in the tenant's database, as root. `OTHER` stands for another database. */
  readonly statements: readonly string[];
  /** Parts of the sentences about what is not as the tenants have it. Default: there are none. */
  readonly notes?: readonly RegExp[];
}

const NOBODY = "DEFINER='nobody'@'nowhere'";
const OF_NOBODY = /is defined by nobody@nowhere, whom this server does not have/;

/** Tenants beside whose own definitions a sound migration is right. */
export const ODD_SHAPES: readonly OddShape[] = [
  {
    name: 'definers that do not exist',
    statements: [
      `CREATE ${NOBODY} VIEW of_nobody AS SELECT id FROM notes`,
      `CREATE ${NOBODY} PROCEDURE p() SELECT 1`,
      `CREATE ${NOBODY} FUNCTION f() RETURNS int DETERMINISTIC RETURN 1`,
      `CREATE ${NOBODY} EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM notes`,
    ],
    notes: [OF_NOBODY, OF_NOBODY, OF_NOBODY, OF_NOBODY],
  },
  {
    name: 'foreign keys across databases',
    statements: [
      'CREATE TABLE OTHER.regions (id int PRIMARY KEY)',
      'CREATE TABLE shops (id int PRIMARY KEY, region int, CONSTRAINT far FOREIGN KEY (region) REFERENCES OTHER.regions (id))',
    ],
    notes: [/The foreign key far to \S+\.regions of the table shops is left out/],
  },
  {
    name: 'views of another database',
    statements: [
      'CREATE TABLE OTHER.prices (id int PRIMARY KEY)',
      'CREATE VIEW prices AS SELECT id FROM OTHER.prices',
    ],
    notes: [/The view prices is left out/],
  },
  {
    name: 'views of views whose names are in the wrong order',
    statements: [
      'CREATE VIEW c AS SELECT id, title FROM notes',
      'CREATE VIEW b AS SELECT id FROM c WHERE id > 0',
      'CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW a AS SELECT b.id FROM b JOIN c USING (id)',
    ],
  },
  {
    name: 'views that are broken',
    statements: [
      'CREATE TABLE gone (id int)',
      'CREATE VIEW broken AS SELECT id FROM gone',
      'CREATE VIEW of_broken AS SELECT id FROM broken',
      'DROP TABLE gone',
    ],
    notes: [/The view broken is left out/, /The view of_broken is left out/],
  },
  {
    name: 'tables without a primary key, with rows that a migration moves past',
    statements: [
      'CREATE TABLE log (at datetime, line varchar(3000))',
      'CREATE TABLE pairs (a int, b int, KEY (a), KEY (b, a))',
    ],
  },
  {
    name: 'invisible columns and indexes',
    statements: [
      'ALTER TABLE notes ADD hidden int INVISIBLE DEFAULT 3',
      'CREATE TABLE quiet (id int PRIMARY KEY, a int INVISIBLE)',
    ],
  },
  {
    name: 'a key that MySQL adds by itself',
    on: 'mysql',
    statements: [
      'SET SESSION sql_generate_invisible_primary_key = 1',
      'CREATE TABLE keyless (a int, b varchar(10))',
      'SET SESSION sql_generate_invisible_primary_key = 0',
    ],
  },
  {
    name: 'generated columns, and indexes of them',
    statements: [
      'CREATE TABLE sums (id int PRIMARY KEY, a int, twice int GENERATED ALWAYS AS (a * 2) STORED, thrice int GENERATED ALWAYS AS (a * 3) VIRTUAL, KEY (thrice), UNIQUE (twice))',
    ],
  },
  {
    name: 'indexes of expressions and of JSON arrays',
    on: 'mysql',
    statements: [
      'CREATE TABLE documents (id int PRIMARY KEY, body json, KEY by_length ((json_length(body))), KEY by_tag ((CAST(body->"$.tags" AS unsigned ARRAY))))',
    ],
  },
  {
    name: 'check constraints, also of several columns',
    statements: [
      "CREATE TABLE checked (id int PRIMARY KEY, a int CHECK (a > 0), b int, c varchar(10), CONSTRAINT more CHECK (b > a), CHECK (c IN ('a','b''c')))",
      'ALTER TABLE notes ADD CONSTRAINT titled CHECK (title IS NULL OR char_length(title) > 0)',
    ],
  },
  {
    name: 'events, running and stopped',
    statements: [
      "CREATE EVENT e1 ON SCHEDULE EVERY 1 HOUR STARTS '2030-01-01 03:00:00' ENDS '2037-01-01 00:00:00' ON COMPLETION PRESERVE COMMENT 'it''s' DO BEGIN DELETE FROM notes WHERE id < 0; DELETE FROM notes WHERE id < -1; END",
      "CREATE EVENT e2 ON SCHEDULE AT '2038-01-01 00:00:00' DISABLE DO DELETE FROM notes",
    ],
  },
  {
    name: 'triggers in an order of their own',
    statements: [
      "CREATE TRIGGER t2 BEFORE INSERT ON notes FOR EACH ROW SET NEW.title = concat(NEW.title, 'b')",
      "CREATE TRIGGER t1 BEFORE INSERT ON notes FOR EACH ROW PRECEDES t2 SET NEW.title = 'a'",
      'CREATE TRIGGER t3 AFTER DELETE ON notes FOR EACH ROW SET @gone = OLD.id',
    ],
  },
  {
    name: 'names with spaces, quotes, dots and of 64 characters',
    statements: [
      `CREATE TABLE \`odd \`\`name. (x)\` (\`select\` int, \`a"b'c\` int, KEY \`key, one\` (\`select\`))`,
      `CREATE TABLE ${'long'.repeat(16)} (${'name'.repeat(16)} int PRIMARY KEY)`,
    ],
  },
  {
    name: 'tables whose names differ in case',
    statements: ['CREATE TABLE Notes (id int)', 'CREATE TABLE NOTES (id int)'],
  },
  {
    name: 'foreign keys in a circle, and to the table itself',
    statements: [
      'CREATE TABLE one (id int PRIMARY KEY, two int, parent int, FOREIGN KEY (parent) REFERENCES one (id))',
      'CREATE TABLE two (id int PRIMARY KEY, one int, FOREIGN KEY (one) REFERENCES one (id) ON DELETE CASCADE)',
      'ALTER TABLE one ADD CONSTRAINT back FOREIGN KEY (two) REFERENCES two (id)',
    ],
  },
  {
    name: 'a foreign key to a table that does not exist',
    statements: [
      'SET SESSION foreign_key_checks = 0',
      'CREATE TABLE child (id int PRIMARY KEY, p int, CONSTRAINT to_none FOREIGN KEY (p) REFERENCES nowhere (id))',
      'SET SESSION foreign_key_checks = 1',
    ],
  },
  {
    name: 'partitions',
    statements: [
      'CREATE TABLE parted (id int NOT NULL, made date NOT NULL, PRIMARY KEY (id, made)) PARTITION BY RANGE (year(made)) (PARTITION early VALUES LESS THAN (2020), PARTITION late VALUES LESS THAN MAXVALUE)',
      'CREATE TABLE hashed (id int NOT NULL PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 3',
    ],
  },
  {
    name: 'other engines and row formats',
    statements: [
      'CREATE TABLE old (id int AUTO_INCREMENT PRIMARY KEY, a varchar(10)) ENGINE=MyISAM',
      'CREATE TABLE fleeting (id int PRIMARY KEY) ENGINE=MEMORY',
      'CREATE TABLE packed (id int PRIMARY KEY, a text) ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8',
    ],
  },
  {
    name: 'zero dates as defaults, from before the strict mode',
    statements: [
      "SET SESSION sql_mode = ''",
      "CREATE TABLE old_dates (id int PRIMARY KEY, made datetime NOT NULL DEFAULT '0000-00-00 00:00:00', day date NOT NULL DEFAULT '0000-00-00')",
      'SET SESSION sql_mode = DEFAULT',
    ],
  },
  {
    name: 'routines of another sql_mode',
    statements: [
      "SET SESSION sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT'",
      `CREATE FUNCTION glued(a varchar(5)) RETURNS varchar(20) DETERMINISTIC RETURN a || 'x'`,
      'CREATE PROCEDURE quoted() SELECT "id" FROM "notes"',
      'SET SESSION sql_mode = DEFAULT',
    ],
  },
  {
    name: 'full-text and spatial indexes',
    statements: [
      'CREATE TABLE places (id int PRIMARY KEY, spot point NOT NULL, words text, SPATIAL KEY (spot), FULLTEXT KEY (words))',
    ],
  },
  {
    name: 'every family of types',
    statements: [
      "CREATE TABLE typed (id bigint unsigned PRIMARY KEY, a bit(8) DEFAULT b'101', b decimal(65,30), c float, d double, e year, f time(6), g timestamp(6) NULL, h binary(16), i varbinary(300), j mediumblob, k longtext, l enum('a','b,c') DEFAULT 'b,c', m set('x','y'), n json, o geometry, p tinyint(1), q int ZEROFILL, r char(0), s varchar(10) DEFAULT (concat('a', 'b')))",
    ],
  },
  {
    name: 'character sets of a table, a column and the database',
    statements: [
      'ALTER DATABASE CHARACTER SET latin1 COLLATE latin1_swedish_ci',
      'CREATE TABLE latin (id int PRIMARY KEY, a varchar(20), b varchar(20) CHARACTER SET utf8mb3, c varchar(20) COLLATE latin1_bin)',
    ],
  },
  {
    name: 'vectors',
    on: 'mysql',
    statements: ['CREATE TABLE vectors (id int PRIMARY KEY, v vector(3))'],
  },
  {
    name: 'libraries and programs in JavaScript',
    on: 'mysql',
    statements: [
      'CREATE LIBRARY words LANGUAGE JAVASCRIPT AS $$export const one = (n) => n-- -1;$$',
      'CREATE FUNCTION js(a int) RETURNS int DETERMINISTIC NO SQL LANGUAGE JAVASCRIPT USING (words) AS $$return words.one(a)$$',
    ],
  },
  {
    name: 'system versions and periods',
    on: 'mariadb',
    statements: [
      'CREATE TABLE versioned (id int PRIMARY KEY, a int) WITH SYSTEM VERSIONING',
      'CREATE TABLE booked (id int, s date, e date, PERIOD FOR p(s, e), UNIQUE (id, p WITHOUT OVERLAPS))',
    ],
  },
  {
    name: 'sequences, also as a default',
    on: 'mariadb',
    statements: [
      'CREATE SEQUENCE numbers START WITH 5 INCREMENT BY 10',
      'CREATE TABLE numbered (id int NOT NULL DEFAULT NEXTVAL(numbers) PRIMARY KEY)',
    ],
  },
  {
    name: 'types of MariaDB, and its other engines',
    on: 'mariadb',
    statements: [
      'CREATE TABLE addresses (id uuid PRIMARY KEY, a inet6, b inet4)',
      'CREATE TABLE crashed (id int PRIMARY KEY, a varchar(10)) ENGINE=Aria TRANSACTIONAL=1',
    ],
  },
  {
    name: 'packages',
    on: 'mariadb',
    statements: [
      'SET SESSION sql_mode = ORACLE',
      'CREATE PACKAGE counting AS FUNCTION one RETURN int; END',
      'CREATE PACKAGE BODY counting AS FUNCTION one RETURN int AS BEGIN RETURN 1; END; END',
      'SET SESSION sql_mode = DEFAULT',
    ],
  },
];

/** A schema of many tables. */
export const THOUSAND_TABLES = Array.from(
  { length: 1_000 },
  (_, at) => `CREATE TABLE t${at} (id int PRIMARY KEY, a varchar(20), KEY (a))`,
);
