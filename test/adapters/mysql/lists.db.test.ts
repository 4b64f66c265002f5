import { randomBytes } from 'node:crypto';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alreadyThere } from '../../../src/adapters/mysql/journal/already-there.ts';
import { effectOf } from '../../../src/adapters/mysql/journal/ddl-effect.ts';
import { NamesBefore, namesIn } from '../../../src/adapters/mysql/journal/names-before.ts';
import { parseDdl } from '../../../src/adapters/mysql/sql/ddl.ts';
import { testServer } from '../../support/server.ts';
import { wholeDatabase } from '../../support/whole-database.ts';

/** The server to which an entry applies; other servers do not support the statement. */
type Only = 'mysql' | 'mariadb' | 'mariadb 11.7';

/** [statement, statements to run before it, the servers that support it]. `<user>` and the like are replaced by names of the test. */
type Entry = readonly [sql: string, before?: readonly string[], only?: Only];

const TABLE = 'CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(20), KEY old (a))';
const USER = "CREATE USER <user> IDENTIFIED BY 'Pass-word-1'";

const REPEATABLE: readonly Entry[] = [
  ['CREATE TABLE IF NOT EXISTS n (id INT PRIMARY KEY, a INT)'],
  ['CREATE TABLE IF NOT EXISTS n (id INT) PARTITION BY HASH (id) PARTITIONS 2'],
  ['CREATE TABLE IF NOT EXISTS n LIKE t', [TABLE]],
  ['CREATE TABLE IF NOT EXISTS n (LIKE t)', [TABLE]],
  [
    'CREATE TABLE IF NOT EXISTS t (id INT PRIMARY KEY, a INT)',
    [TABLE, 'INSERT INTO t (id) VALUES (1)'],
  ],
  ['CREATE VIEW IF NOT EXISTS v AS SELECT 1 AS a', []],
  ['CREATE OR REPLACE VIEW v AS SELECT 1 AS a'],
  ['CREATE OR REPLACE VIEW v AS SELECT 1 AS a', ['CREATE VIEW v AS SELECT 2 AS b']],
  ['CREATE OR REPLACE ALGORITHM = MERGE SQL SECURITY INVOKER VIEW v AS SELECT a FROM t', [TABLE]],
  ['CREATE TRIGGER IF NOT EXISTS tr BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1', [TABLE]],
  [
    'CREATE OR REPLACE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1',
    [TABLE],
    'mariadb',
  ],
  ['CREATE PROCEDURE IF NOT EXISTS p() SELECT 1'],
  ['CREATE OR REPLACE PROCEDURE p() SELECT 1', [], 'mariadb'],
  ['CREATE FUNCTION IF NOT EXISTS f() RETURNS INT DETERMINISTIC RETURN 1'],
  ['CREATE OR REPLACE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1', [], 'mariadb'],
  ['CREATE EVENT IF NOT EXISTS e ON SCHEDULE EVERY 1 DAY DO SET @a = 1'],
  ['CREATE OR REPLACE EVENT e ON SCHEDULE EVERY 1 DAY DO SET @a = 1', [], 'mariadb'],
  ['CREATE SEQUENCE IF NOT EXISTS s', [], 'mariadb'],
  ['CREATE INDEX IF NOT EXISTS i ON t (a)', [TABLE], 'mariadb'],
  ['CREATE OR REPLACE INDEX i ON t (a)', [TABLE], 'mariadb'],
  ['CREATE UNIQUE INDEX IF NOT EXISTS i ON t (a)', [TABLE], 'mariadb'],
  ['CREATE PACKAGE IF NOT EXISTS k FUNCTION f() RETURNS INT; END', [], 'mariadb 11.7'],
  ['CREATE OR REPLACE PACKAGE k FUNCTION f() RETURNS INT; END', [], 'mariadb 11.7'],
  ['CREATE DATABASE IF NOT EXISTS <db>_2'],
  ['CREATE SCHEMA IF NOT EXISTS <db>_2 CHARACTER SET utf8mb4'],
  ["CREATE USER IF NOT EXISTS <user> IDENTIFIED BY 'Pass-word-1'"],
  ["CREATE OR REPLACE USER <user> IDENTIFIED BY 'Pass-word-1'", [], 'mariadb'],
  ['CREATE ROLE IF NOT EXISTS <role>'],
  ['CREATE OR REPLACE ROLE <role>', [], 'mariadb'],
  ['DROP TABLE IF EXISTS t', [TABLE]],
  ['DROP TABLE IF EXISTS t, n', [TABLE]],
  ['DROP TABLES IF EXISTS n, t CASCADE', [TABLE]],
  ['DROP VIEW IF EXISTS v', ['CREATE VIEW v AS SELECT 1 AS a']],
  ['DROP VIEW IF EXISTS v, w', ['CREATE VIEW v AS SELECT 1 AS a']],
  [
    'DROP TRIGGER IF EXISTS tr',
    [TABLE, 'CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1'],
  ],
  ['DROP PROCEDURE IF EXISTS p', ['CREATE PROCEDURE p() SELECT 1']],
  ['DROP FUNCTION IF EXISTS f', ['CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1']],
  ['DROP EVENT IF EXISTS e', ['CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SET @a = 1']],
  ['DROP SEQUENCE IF EXISTS s', ['CREATE SEQUENCE s'], 'mariadb'],
  ['DROP INDEX IF EXISTS old ON t', [TABLE], 'mariadb'],
  ['DROP PACKAGE IF EXISTS k', [], 'mariadb 11.7'],
  ['DROP PACKAGE BODY IF EXISTS k', [], 'mariadb 11.7'],
  ['DROP DATABASE IF EXISTS <db>_2', ['CREATE DATABASE <db>_2']],
  ['DROP SCHEMA IF EXISTS <db>_2', ['CREATE DATABASE <db>_2']],
  ['DROP USER IF EXISTS <user>', [USER]],
  ['DROP ROLE IF EXISTS <role>', ['CREATE ROLE <role>']],
  [
    "CREATE SERVER IF NOT EXISTS <server> FOREIGN DATA WRAPPER mysql OPTIONS (HOST '127.0.0.1')",
    [],
    'mariadb',
  ],
  ['DROP SERVER IF EXISTS <server>'],
  ['ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_bin'],
  ['ALTER SCHEMA <db> CHARACTER SET latin1'],
  ["ALTER PROCEDURE p COMMENT 'x' SQL SECURITY INVOKER", ['CREATE PROCEDURE p() SELECT 1']],
  ["ALTER FUNCTION f COMMENT 'x'", ['CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1']],
  ['ALTER VIEW v AS SELECT 2 AS b', ['CREATE VIEW v AS SELECT 1 AS a']],
  ['ALTER ALGORITHM = MERGE VIEW v AS SELECT a FROM t', [TABLE, 'CREATE VIEW v AS SELECT 1 AS a']],
  ["ALTER USER <user> IDENTIFIED BY 'Pass-word-2'", [USER]],
  ['ALTER USER <user> ACCOUNT LOCK', [USER]],
  ['ALTER USER <user> PASSWORD EXPIRE INTERVAL 90 DAY', [USER]],
  ['ALTER USER <user> DISCARD OLD PASSWORD', [USER], 'mysql'],
  ["ALTER USER IF EXISTS <user> IDENTIFIED BY 'Pass-word-2'", []],
  ['ANALYZE TABLE t', [TABLE]],
  ['ANALYZE LOCAL TABLE t', [TABLE]],
  ['CHECK TABLE t', [TABLE]],
  ['OPTIMIZE TABLE t', [TABLE]],
  ['REPAIR TABLE m', ['CREATE TABLE m (id INT) ENGINE = MyISAM']],
  ['GRANT SELECT, INSERT ON <db>.* TO <user>', [USER]],
  ['GRANT SELECT (a) ON t TO <user> WITH GRANT OPTION', [TABLE, USER]],
  ['GRANT EXECUTE ON PROCEDURE p TO <user>', ['CREATE PROCEDURE p() SELECT 1', USER]],
  ['GRANT <role> TO <user>', ['CREATE ROLE <role>', USER]],
  ['REVOKE ALL PRIVILEGES, GRANT OPTION FROM <user>', [USER, 'GRANT SELECT ON <db>.* TO <user>']],
  ['REVOKE ALL, GRANT OPTION FROM <user>', [USER, 'GRANT SELECT ON <db>.* TO <user>']],
  [
    'REVOKE IF EXISTS SELECT ON <db>.* FROM <user>',
    [USER, 'GRANT SELECT ON <db>.* TO <user>'],
    'mysql',
  ],
  [
    'ALTER TABLE t ADD COLUMN IF NOT EXISTS c INT, ADD INDEX IF NOT EXISTS i (a)',
    [TABLE],
    'mariadb',
  ],
  ['ALTER TABLE t ADD IF NOT EXISTS c INT, DROP IF EXISTS b', [TABLE], 'mariadb'],
  ['ALTER TABLE t DROP COLUMN IF EXISTS b, DROP INDEX IF EXISTS old', [TABLE], 'mariadb'],
  ['ALTER TABLE t ADD UNIQUE INDEX IF NOT EXISTS i (a)', [TABLE], 'mariadb'],
  ['ALTER TABLE t ADD CONSTRAINT IF NOT EXISTS ck CHECK (a > 0)', [TABLE], 'mariadb'],
  [
    'ALTER TABLE t DROP CONSTRAINT IF EXISTS ck',
    [TABLE, 'ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 0)'],
    'mariadb',
  ],
  ['ALTER TABLE t ADD FOREIGN KEY IF NOT EXISTS fk (a) REFERENCES t (id)', [TABLE], 'mariadb'],
  [
    'ALTER TABLE t DROP FOREIGN KEY IF EXISTS fk',
    [TABLE, 'ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES t (id)'],
    'mariadb',
  ],
  ['ALTER TABLE IF EXISTS t ADD COLUMN IF NOT EXISTS c INT', [TABLE], 'mariadb'],
];

/** Statements that seem repeatable: `between` is what other sessions may do meanwhile. */
const NOT_REPEATABLE: readonly (readonly [
  sql: string,
  before: readonly string[],
  between?: readonly string[],
  only?: Only,
])[] = [
  ['REVOKE SELECT ON <db>.* FROM <user>', [USER, 'GRANT SELECT ON <db>.* TO <user>']],
  ['REVOKE SELECT ON t FROM <user>', [TABLE, USER, 'GRANT SELECT ON t TO <user>']],
  ['CREATE OR REPLACE TABLE n (id INT)', [], ['INSERT INTO n VALUES (1)'], 'mariadb'],
  ['CREATE OR REPLACE SEQUENCE s', [], ['SELECT NEXTVAL(s)'], 'mariadb'],
  ['CREATE OR REPLACE DATABASE <db>_2', [], ['CREATE TABLE <db>_2.t (id INT)'], 'mariadb'],
  ['TRUNCATE TABLE t', [TABLE], ['INSERT INTO t (id) VALUES (1)']],
  ['RENAME USER <user> TO <user2>', [USER]],
];

/** [clause or statement, statements to run before it, the servers that support it]: each adds a name that proves it. */
const TOLD_BY_NAME: readonly Entry[] = [
  ['ALTER TABLE t ADD KEY n (a)', [TABLE]],
  ['ALTER TABLE t ADD INDEX n USING BTREE (a)', [TABLE]],
  ['ALTER TABLE t ADD UNIQUE n (a)', [TABLE]],
  ['ALTER TABLE t ADD CONSTRAINT n UNIQUE KEY (a)', [TABLE]],
  ['ALTER TABLE t ADD FULLTEXT INDEX n (b)', [TABLE]],
  ['ALTER TABLE t ADD SPATIAL INDEX n (g)', ['CREATE TABLE t (g GEOMETRY NOT NULL)']],
  [
    'ALTER TABLE t ADD VECTOR INDEX n (e)',
    ['CREATE TABLE t (e VECTOR(3) NOT NULL)'],
    'mariadb 11.7',
  ],
  ['ALTER TABLE t ADD VECTOR n (e)', ['CREATE TABLE t (e VECTOR(3) NOT NULL)'], 'mariadb 11.7'],
  ['CREATE VECTOR INDEX n ON t (e)', ['CREATE TABLE t (e VECTOR(3) NOT NULL)'], 'mariadb 11.7'],
  ['ALTER TABLE t ADD CONSTRAINT n FOREIGN KEY (a) REFERENCES t (id)', [TABLE]],
  ['ALTER TABLE t ADD CONSTRAINT n CHECK (a > 0)', [TABLE]],
  ['CREATE INDEX n ON t (a)', [TABLE]],
  ['CREATE UNIQUE INDEX n ON t (a, b)', [TABLE]],
  ['CREATE FULLTEXT INDEX n ON t (b)', [TABLE]],
  ['ALTER TABLE t ADD KEY n (a), ADD UNIQUE n2 (b), ADD CONSTRAINT n3 CHECK (a > 0)', [TABLE]],
];

const FOREIGN = 'ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES t (id)';
const CHECKED = 'ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 0)';

/** [statement, statements to run before it, the servers that support it]: its second run fails. */
const SETTLED_BY_ERRNO: readonly Entry[] = [
  ['CREATE TABLE n (id INT)'],
  [
    'CREATE TABLE n (id INT, c DECIMAL(10, 2)) PARTITION BY RANGE (id) (PARTITION p VALUES LESS THAN (1))',
  ],
  ['CREATE TABLE n AS SELECT 1 AS a'],
  ['CREATE TABLE n LIKE t', [TABLE]],
  ['CREATE VIEW v AS SELECT 1 AS a'],
  ['CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1', [TABLE]],
  ['CREATE PROCEDURE p() SELECT 1'],
  ['CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1'],
  ['CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SET @a = 1'],
  ['CREATE SEQUENCE s', [], 'mariadb'],
  ['DROP TABLE t', [TABLE]],
  ['DROP TABLE t, n', [TABLE, 'CREATE TABLE n (id INT)']],
  ['DROP VIEW v', ['CREATE VIEW v AS SELECT 1 AS a']],
  ['DROP TRIGGER tr', [TABLE, 'CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1']],
  ['DROP PROCEDURE p', ['CREATE PROCEDURE p() SELECT 1']],
  ['DROP FUNCTION f', ['CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1']],
  ['DROP EVENT e', ['CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SET @a = 1']],
  ['DROP SEQUENCE s', ['CREATE SEQUENCE s'], 'mariadb'],
  ['RENAME TABLE t TO u', [TABLE]],
  ['ALTER TABLE t RENAME TO u', [TABLE]],
  ['ALTER TABLE t RENAME u', [TABLE]],
  ['ALTER TABLE t ADD c INT', [TABLE]],
  ['ALTER TABLE t ADD COLUMN (c INT, d INT)', [TABLE]],
  ['ALTER TABLE t DROP COLUMN b', [TABLE]],
  ['ALTER TABLE t ADD KEY n (a)', [TABLE]],
  [
    'ALTER TABLE t ADD VECTOR INDEX n (e)',
    ['CREATE TABLE t (e VECTOR(3) NOT NULL)'],
    'mariadb 11.7',
  ],
  ['CREATE INDEX n ON t (a)', [TABLE]],
  ['ALTER TABLE t DROP KEY old', [TABLE]],
  ['DROP INDEX old ON t', [TABLE]],
  ['ALTER TABLE t ADD PRIMARY KEY (id)', ['CREATE TABLE t (id INT NOT NULL)']],
  ['ALTER TABLE t DROP PRIMARY KEY', [TABLE]],
  [CHECKED, [TABLE]],
  ['ALTER TABLE t DROP CHECK ck', [TABLE, CHECKED], 'mysql'],
  ['ALTER TABLE t DROP CONSTRAINT ck', [TABLE, CHECKED]],
  [FOREIGN, [TABLE]],
  ['ALTER TABLE t DROP FOREIGN KEY fk', [TABLE, FOREIGN]],
  ['ALTER TABLE t RENAME COLUMN a TO c', [TABLE]],
  ['ALTER TABLE t CHANGE a c INT', [TABLE]],
  ['ALTER TABLE t RENAME INDEX old TO fresh', [TABLE]],
];

/** Tables whose columns are all known, or are known to be incomplete. */
const TABLES: readonly Entry[] = [
  [
    'CREATE TABLE n (id INT, c DECIMAL(10, 2), PRIMARY KEY (id)) PARTITION BY RANGE (id) (PARTITION p VALUES LESS THAN (1), PARTITION q VALUES LESS THAN MAXVALUE)',
  ],
  [
    'CREATE TABLE n (id INT) PARTITION BY RANGE (id) SUBPARTITION BY HASH (id) (PARTITION p VALUES LESS THAN (9) (SUBPARTITION a, SUBPARTITION b))',
  ],
  [
    "CREATE TABLE n (id INT CHECK (id > 0), `check` INT, e ENUM('a', 'b,c') DEFAULT 'a', u VARCHAR(36) DEFAULT (UUID()), g INT GENERATED ALWAYS AS (id + 1) STORED, w INT AS (id * 2) VIRTUAL, CONSTRAINT ck CHECK (id IN (1, 2)), KEY k (id, e), FOREIGN KEY (id) REFERENCES t (id), period INT)",
    [TABLE],
  ],
  ['CREATE TABLE n (x INT) AS SELECT 1 AS x, 2 AS y'],
  ['CREATE TABLE n (x INT) IGNORE SELECT 1 AS x'],
  ['CREATE TABLE n SELECT 1 AS x'],
  ['CREATE TABLE n (SELECT 1 AS x)'],
  ['CREATE TABLE n (LIKE t)', [TABLE]],
  ['CREATE TABLE n (id INT, e VECTOR(3) NOT NULL, VECTOR INDEX v (e))', [], 'mariadb 11.7'],
  ['CREATE TABLE n (id INT, e VECTOR(3) NOT NULL, VECTOR v (e))', [], 'mariadb 11.7'],
  ['CREATE TABLE n (id INT) WITH SYSTEM VERSIONING', [], 'mariadb'],
  ['CREATE TABLE n (id INT, a DATE, b DATE, PERIOD FOR p (a, b))', [], 'mariadb'],
  ['CREATE TABLE n (id INT) /*!50100 PARTITION BY HASH (id) PARTITIONS 2 */'],
];

const suffix = randomBytes(4).toString('hex');
const database = `ff_lists_${suffix}`;
const names: Readonly<Record<string, string>> = {
  db: database,
  user: `'${database}'@'localhost'`,
  user2: `'${database}_2'@'localhost'`,
  role: `${database}_r`,
  server: database,
};

/** Replaces the placeholders in a statement by the test's names. */
function filled(sql: string): string {
  return sql.replaceAll(/<(\w+)>/g, (_, name: string) => names[name] ?? name);
}

/** For `it.each`: each entry after its statement, which is the title. */
function titled(entries: readonly Entry[]): [string, Entry][] {
  return entries.map((entry) => [entry[0], entry]);
}

describe('the list of statements', () => {
  let connection: Connection;
  let isMariaDB: boolean;

  beforeAll(async () => {
    const { rootConnection, flavour } = testServer();
    connection = await rootConnection();
    isMariaDB = flavour === 'mariadb';
  });
  afterAll(async () => {
    await clean();
    await connection.query(`DROP DATABASE ${database}`);
  });

  async function clean(): Promise<void> {
    const { user, user2, role, server } = names;
    for (const sql of [
      `DROP DATABASE IF EXISTS ${database}_2`,
      `DROP DATABASE IF EXISTS ${database}`,
      `DROP USER IF EXISTS ${user}, ${user2}`,
      `DROP ROLE IF EXISTS ${role}`,
      `DROP SERVER IF EXISTS ${server}`,
      `CREATE DATABASE ${database}`,
      `USE ${database}`,
    ])
      await connection.query(sql);
  }

  async function run(sql: string): Promise<number | undefined> {
    try {
      await connection.query(filled(sql));
      return undefined;
    } catch (error) {
      return (error as { errno?: number }).errno ?? -1;
    }
  }

  /** Whether this server supports the statement; if not, it must refuse it. */
  async function isKnown([sql, before = [], only]: Entry): Promise<boolean> {
    await clean();
    const { version, flavour } = testServer();
    const isNew = Number.parseFloat(version) >= 11.7;
    const known =
      only === undefined ||
      (only === 'mariadb 11.7' ? flavour === 'mariadb' && isNew : only === flavour);
    const errors = [];
    for (const each of before) errors.push(await run(each));
    if (!known) {
      expect(errors.some((errno) => errno !== undefined) || (await run(sql))).not.toBeUndefined();
      expect(errors.every((errno) => errno === undefined) && (await run(sql)) === undefined).toBe(
        false,
      );
    } else expect(errors).toEqual(before.map(() => undefined));
    return known;
  }

  const state = () =>
    wholeDatabase(connection, [names.user ?? '', names.user2 ?? '', names.role ?? '']);
  const definition = async (table = 't') => {
    const [[row]] = await connection.query<RowDataPacket[]>(`SHOW CREATE TABLE ${table}`);
    return String(row?.['Create Table']);
  };

  describe('of repeatable statements', () => {
    it.each(titled(REPEATABLE))(
      'the list of repeatable statements contains %s',
      async (_, entry) => {
        const [sql] = entry;
        expect(parseDdl(filled(sql))).toEqual({ effect: 'repeatable', objects: [] });
        if (!(await isKnown(entry))) return;
        expect(await run(sql)).toBeUndefined();
        const once = await state();
        expect(await run(sql)).toBeUndefined();
        expect(await state()).toEqual(once);
      },
    );

    it.each(NOT_REPEATABLE.map((entry) => [entry[0], entry] as const))(
      'the list of repeatable statements does not contain %s',
      async (_, [sql, before, between, only]) => {
        expect(parseDdl(filled(sql))).toBeUndefined();
        if (!(await isKnown(only === undefined ? [sql, before] : [sql, before, only]))) return;
        expect(await run(sql)).toBeUndefined();
        for (const each of between ?? []) expect(await run(each)).toBeUndefined();
        const once = await state();
        const errno = await run(sql);
        expect(errno !== undefined || JSON.stringify(await state()) !== JSON.stringify(once)).toBe(
          true,
        );
      },
    );
  });

  it.each(titled(TOLD_BY_NAME))(
    'the list of statements that are proven by a name contains %s',
    async (_, entry) => {
      const [sql] = entry;
      const ddl = parseDdl(sql);
      if (!(await isKnown(entry))) return;
      const before = await definition();
      const known = new NamesBefore();
      known.see({ type: 'TABLE', name: 't' }, namesIn(before));
      expect(known.areNewIn(ddl)).toBe(true);
      expect(ddl && effectOf(ddl, [before])).toBe('not there');
      expect(await run(sql)).toBeUndefined();
      const after = await definition();
      expect(ddl && effectOf(ddl, [after])).toBe('there');
      expect(namesIn(after)).toContain('n');
    },
  );

  it.each(titled(SETTLED_BY_ERRNO))(
    'the list of statements whose second run proves the first contains %s',
    async (_, entry) => {
      const [sql] = entry;
      const ddl = parseDdl(sql);
      if (!(await isKnown(entry))) return;
      expect(await run(sql)).toBeUndefined();
      const expected = ddl && alreadyThere(ddl, isMariaDB);
      const once = await state();
      const errno = await run(sql);
      // MariaDB detects a duplicate foreign key name only after it has copied the table.
      if (sql === FOREIGN && isMariaDB) {
        expect([errno, expected]).toEqual([1005, undefined]);
      } else {
        expect([...(expected ?? [])]).toContain(errno);
      }
      expect(await state()).toEqual(once);
    },
  );

  it.each(titled(TABLES))(
    'the list of statements that create a table contains %s',
    async (_, entry) => {
      const [sql] = entry;
      const ddl = parseDdl(sql);
      expect(ddl).toMatchObject({ effect: 'create', objects: [{ type: 'TABLE', name: 'n' }] });
      if (!(await isKnown(entry))) return;
      expect(await run(sql)).toBeUndefined();
      expect(ddl && effectOf(ddl, [await definition('n')])).toBe('there');
      expect(ddl && effectOf(ddl, [undefined])).toBe('not there');
    },
  );
});
