import type { Knex } from 'knex';
import { expect } from 'vitest';
import type { Migration } from '../../../../src/core/bundle/bundle.ts';
import { migration } from '../../../support/migrations.ts';

/** Migrations whose result a snapshot has to have, or must refuse to have. */
export interface SnapshotKind {
  readonly name: string;
  /** The statements of one migration each. */
  readonly up: readonly (string | readonly string[] | ((knex: Knex) => unknown))[];
  readonly only?: 'MySQL' | 'MariaDB';
}

export const SAME: readonly SnapshotKind[] = [
  { name: 'nothing', up: [] },
  {
    name: 'numbered rows, with a gap at the end',
    up: [
      'CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, a INT)',
      ['INSERT INTO t (a) VALUES (1), (2), (3)', 'DELETE FROM t WHERE id = 3'],
    ],
  },
  {
    name: 'a zero in a numbered column',
    up: [
      'CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, a INT)',
      ["SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO'", 'INSERT INTO t VALUES (0, 1)'],
    ],
  },
  {
    name: 'times that the server writes by itself',
    up: [
      'CREATE TABLE t (id INT PRIMARY KEY, a TIMESTAMP DEFAULT CURRENT_TIMESTAMP, b DATETIME(6) DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6), c DATETIME)',
      'INSERT INTO t (id, c) VALUES (1, NOW()), (2, NULL)',
    ],
  },
  {
    name: 'points in time that never change, and zero dates',
    up: [
      [
        "SET SESSION sql_mode = ''",
        "CREATE TABLE t (a TIMESTAMP NULL, b DATETIME DEFAULT '0000-00-00', c DATE, d TIME(3), e YEAR)",
        "INSERT INTO t VALUES ('2020-02-03 04:05:06', '0000-00-00', '2020-00-00', '-12:34:56.789', 2020)",
      ],
    ],
  },
  {
    name: 'values of every type',
    up: [
      'CREATE TABLE t (a FLOAT, b DOUBLE, c DECIMAL(30, 10), d BIT(12), e VARBINARY(20), f BLOB, g JSON, h CHAR(5), i ENUM("x", "y"), j SET("p", "q"), k BIGINT UNSIGNED, l TEXT CHARACTER SET latin1, m TINYINT(1), n LONGTEXT)',
      "INSERT INTO t VALUES (0.1, 1e-300, -12345678901234567890.0123456789, b'101010101010', X'00FF27', X'5C00', '{\"a\": [1, null]}', 'ab', 'y', 'p,q', 18446744073709551615, 'é', 1, '😀 \\'quoted\\' \\\\ \\n'), (16777216.0, 0.1, 0, b'0', '', '', 'null', '', 'x', '', 0, '', 0, ''), (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
    ],
  },
  {
    name: 'emoji in comments, views, triggers and rows',
    up: [
      "CREATE TABLE t (a VARCHAR(9) COMMENT '🚀', KEY k (a) COMMENT '🚀') COMMENT = '🚀'",
      "CREATE VIEW v AS SELECT a, '🚀' AS b FROM t",
      "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.a = CONCAT(NEW.a, '🎉')",
      "INSERT INTO t VALUES ('🚀')",
    ],
  },
  {
    name: 'spatial values',
    up: [
      'CREATE TABLE t (id INT PRIMARY KEY, p POINT NOT NULL, SPATIAL INDEX (p))',
      "INSERT INTO t VALUES (1, ST_GeomFromText('POINT(1.5 -2)'))",
    ],
  },
  {
    name: 'generated and invisible columns',
    up: [
      'CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT GENERATED ALWAYS AS (a * 2) VIRTUAL, c INT GENERATED ALWAYS AS (a * 3) STORED, KEY (b))',
      'ALTER TABLE t ADD COLUMN d INT DEFAULT 7 INVISIBLE',
      'INSERT INTO t (id, a) VALUES (1, 1), (2, 5)',
    ],
  },
  {
    name: 'foreign keys in a cycle and to itself, with rows',
    up: [
      [
        'CREATE TABLE a (id INT PRIMARY KEY, b_id INT, parent INT, FOREIGN KEY (parent) REFERENCES a (id))',
        'CREATE TABLE b (id INT PRIMARY KEY, a_id INT, CONSTRAINT to_a FOREIGN KEY (a_id) REFERENCES a (id) ON DELETE CASCADE)',
        'ALTER TABLE a ADD CONSTRAINT to_b FOREIGN KEY (b_id) REFERENCES b (id)',
      ],
      ['INSERT INTO a VALUES (1, NULL, 1)', 'INSERT INTO b VALUES (1, 1)', 'UPDATE a SET b_id = 1'],
    ],
  },
  {
    name: 'views of views, created in the other order of their names',
    up: [
      'CREATE TABLE t (id INT PRIMARY KEY)',
      'CREATE VIEW z AS SELECT id FROM t',
      'CREATE SQL SECURITY INVOKER VIEW m AS SELECT id FROM z',
      'CREATE ALGORITHM = MERGE VIEW a AS SELECT m.id FROM m JOIN z ON z.id = m.id WITH CHECK OPTION',
    ],
  },
  {
    name: 'triggers that would fire when rows are loaded, two of one kind in an order',
    up: [
      'CREATE TABLE t (id INT PRIMARY KEY, a INT)',
      'CREATE TABLE log (id INT PRIMARY KEY AUTO_INCREMENT, a INT)',
      'CREATE TRIGGER z BEFORE INSERT ON t FOR EACH ROW SET NEW.a = NEW.a + 1',
      'CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW FOLLOWS z INSERT INTO log (a) VALUES (NEW.a)',
      'INSERT INTO t VALUES (1, 1)',
    ],
  },
  {
    name: 'routines in their own modes, and events',
    up: [
      'CREATE TABLE t (id INT PRIMARY KEY)',
      [
        "SET SESSION sql_mode = 'ANSI_QUOTES'",
        'CREATE PROCEDURE p(OUT n INT) BEGIN SELECT COUNT(*) INTO n FROM "t"; END',
        "SET SESSION sql_mode = 'PIPES_AS_CONCAT'",
        "CREATE FUNCTION f(a TEXT) RETURNS TEXT DETERMINISTIC SQL SECURITY INVOKER RETURN a || ';'",
      ],
      "CREATE VIEW v AS SELECT f('a') AS b FROM t",
      "CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2037-01-01 00:00:00' COMMENT 'it''s' DO DELETE FROM t",
      'CREATE EVENT always ON SCHEDULE EVERY 400 DAY DISABLE DO DELETE FROM t',
    ],
  },
  {
    name: 'partitions, checks, comments and options of a table',
    up: [
      "CREATE TABLE t (id INT NOT NULL, y INT NOT NULL COMMENT 'it''s; AUTO_INCREMENT=7', PRIMARY KEY (id, y), CONSTRAINT positive CHECK (y > 0)) COMMENT = 'a ''b''' ROW_FORMAT = DYNAMIC PARTITION BY RANGE (y) (PARTITION p0 VALUES LESS THAN (2020), PARTITION p1 VALUES LESS THAN MAXVALUE)",
      'INSERT INTO t VALUES (1, 2019), (2, 2021)',
      'CREATE TABLE m (a INT) ENGINE = MyISAM',
      'INSERT INTO m VALUES (3), (1), (2)',
    ],
  },
  {
    name: "a database's own character set, changed by a migration",
    up: [
      'ALTER DATABASE CHARACTER SET latin1 COLLATE latin1_german1_ci',
      'CREATE TABLE t (a VARCHAR(10))',
      "INSERT INTO t VALUES ('\u00e4\u00df')",
    ],
  },
  {
    name: 'names that have to be quoted',
    up: [
      'CREATE TABLE `sel``ect; --` (`a b` INT PRIMARY KEY, `key` INT)',
      'INSERT INTO `sel``ect; --` VALUES (1, 2)',
      'CREATE VIEW `a``v` AS SELECT `a b` FROM `sel``ect; --`',
    ],
  },
  {
    name: 'rows without a primary key, in the order of inserting',
    up: ['CREATE TABLE t (a INT)', 'INSERT INTO t VALUES (3), (1), (NULL), (1)'],
  },
  {
    name: 'more rows than one statement has',
    up: [
      'CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(100))',
      (knex) =>
        knex.batchInsert(
          't',
          Array.from({ length: 2_500 }, (_, id) => ({ id, a: 'x'.repeat(90) })),
          500,
        ),
    ],
  },
  {
    name: 'sequences',
    only: 'MariaDB',
    up: [
      'CREATE SEQUENCE s START WITH 5 INCREMENT BY 3 CACHE 10',
      'CREATE TABLE t (id INT PRIMARY KEY DEFAULT NEXTVAL(s), a INT)',
      'INSERT INTO t (a) VALUES (1), (2)',
    ],
  },
  {
    name: 'indexes on expressions, and invisible ones',
    only: 'MySQL',
    up: [
      'CREATE TABLE t (id INT PRIMARY KEY, a JSON, KEY e ((CAST(a->>"$.n" AS UNSIGNED))), KEY i (id) INVISIBLE)',
      'INSERT INTO t VALUES (1, \'{"n": 3}\')',
    ],
  },
];

/** Kinds of which there is no snapshot, with the result and words of the reason. */
export const REFUSED: readonly (SnapshotKind & {
  readonly result: object;
})[] = [
  {
    name: 'a column of chance',
    up: [
      'CREATE TABLE t (id INT PRIMARY KEY, a INT, b CHAR(36))',
      'INSERT INTO t VALUES (1, 1, UUID())',
    ],
    result: {
      status: 'varies',
      differences: [{ object: 'table t', text: 'b', migration: idOf(1) }],
    },
  },
  {
    name: 'a number by chance of the code',
    up: [
      'CREATE TABLE t (a DOUBLE)',
      (knex) => knex('t').insert({ a: Math.random() }),
      'CREATE TABLE later (a INT)',
    ],
    result: { status: 'varies', differences: [{ text: 'a', migration: idOf(1) }] },
  },
  {
    name: 'the time of the code',
    up: ['CREATE TABLE t (a DATETIME)', (knex) => knex('t').insert({ a: new Date() })],
    result: { status: 'varies', differences: [{ text: 'a', migration: idOf(1) }] },
  },
  {
    name: 'the time in a text',
    up: ['CREATE TABLE t (a VARCHAR(50))', "INSERT INTO t VALUES (CONCAT('made ', NOW()))"],
    result: { status: 'varies', differences: [{ text: 'a', migration: idOf(1) }] },
  },
  {
    name: 'rows whose number depends on the year',
    up: [
      'CREATE TABLE t (a INT)',
      'INSERT INTO t SELECT 1 FROM (SELECT 1 AS x) AS one WHERE YEAR(NOW()) = 2030',
    ],
    result: {
      status: 'varies',
      differences: [{ text: 'the number of rows', migration: idOf(1) }],
    },
  },
  {
    name: "the database's name",
    up: ['CREATE TABLE t (a VARCHAR(80))', 'INSERT INTO t VALUES (DATABASE())'],
    result: { status: 'varies', differences: [{ text: 'a', migration: idOf(1) }] },
  },
  {
    name: 'the user',
    // On the server of the tests the login may create no other user on MariaDB.
    only: 'MySQL',
    up: ['CREATE TABLE t (a VARCHAR(80))', 'INSERT INTO t VALUES (CURRENT_USER())'],
    result: { status: 'varies', differences: [{ text: 'a', migration: idOf(1) }] },
  },
  {
    name: 'a variable of the process',
    up: [
      'CREATE TABLE t (a VARCHAR(80))',
      (knex) => knex('t').insert({ a: `for ${process.env.VITEST}` }),
    ],
    result: { status: 'varies', differences: [{ text: 'a', migration: idOf(1) }] },
  },
  {
    name: 'a definition by the month',
    up: [
      (knex) =>
        knex.raw(
          `CREATE TABLE t (a INT) COMMENT = 'since ${new Date().toISOString().slice(0, 7)}'`,
        ),
    ],
    result: {
      status: 'varies',
      differences: [{ object: 'table t', text: 'has another definition', migration: idOf(0) }],
    },
  },
  {
    name: 'a statement about another database',
    up: [
      'CREATE TABLE t (a INT)',
      'INSERT INTO t SELECT COUNT(*) FROM mysql.time_zone WHERE 1 = 0',
    ],
    result: { status: expect.stringMatching(/^(?:outside|fails)$/) },
  },
  {
    name: 'an emoji as the value of an enumeration',
    up: ["CREATE TABLE t (a ENUM('🚀', 'b')) COMMENT = '🚀'"],
    result: { status: 'outside', statements: [{ why: expect.stringContaining('four bytes') }] },
  },
  {
    name: 'an emoji in the default of a column that is added',
    up: ['CREATE TABLE t (a INT)', "ALTER TABLE t ADD COLUMN b VARCHAR(9) DEFAULT (CONCAT('🚀'))"],
    result: { status: 'outside', statements: [{ migration: idOf(1) }] },
  },
  {
    name: 'a setting of one server',
    up: ['CREATE TABLE t (a VARCHAR(80))', 'INSERT INTO t VALUES (@@hostname)'],
    result: { status: 'outside', statements: [{ migration: idOf(1) }] },
  },
  {
    name: 'a migration that fails',
    up: ['CREATE TABLE t (a INT)', 'INSERT INTO nowhere VALUES (1)'],
    result: { status: 'fails', failure: { code: 'TableMissing', migration: idOf(1) } },
  },
  {
    name: 'the history of a table with system versions',
    only: 'MariaDB',
    up: [
      'CREATE TABLE t (id INT PRIMARY KEY, a INT) WITH SYSTEM VERSIONING',
      'INSERT INTO t VALUES (1, 1)',
    ],
    result: { status: 'unproven', reasons: [expect.stringContaining('history')] },
  },
  {
    name: 'a view of a table that is gone',
    up: ['CREATE TABLE t (a INT)', 'CREATE VIEW v AS SELECT a FROM t', 'DROP TABLE t'],
    result: { status: 'unproven' },
  },
];

/** The id of the migration at that place. */
function idOf(at: number): string {
  return `2026010${at + 1}000000_step`;
}

/** The migrations of a kind. */
export function migrationsOf({ up }: SnapshotKind): Migration[] {
  return up.map((step, at) =>
    migration(idOf(at), async (knex) => {
      if (typeof step === 'function') await step(knex);
      else for (const sql of typeof step === 'string' ? [step] : step) await knex.raw(sql);
    }),
  );
}
