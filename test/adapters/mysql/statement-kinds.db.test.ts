import type { Connection, RowDataPacket } from 'mysql2/promise';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSqlMode } from '../../../src/adapters/mysql/sql/sql-mode.ts';
import { statementTraits } from '../../../src/adapters/mysql/sql/statement-traits.ts';
import { createDatabase } from '../../support/database.ts';
import { testServer } from '../../support/server.ts';

/** Statements; servers that do not support one skip it. */
const STATEMENTS = [
  'CREATE TABLE n (id INT)',
  'CREATE TABLE n AS SELECT 1 AS a',
  'ALTER TABLE u ADD b INT',
  'CREATE INDEX i ON u (a)',
  'DROP INDEX a ON u',
  'RENAME TABLE u TO w',
  'TRUNCATE TABLE u',
  'DROP TABLE u',
  'DROP TABLE IF EXISTS nothing',
  'CREATE VIEW v AS SELECT 1 AS a',
  'CREATE OR REPLACE VIEW v AS SELECT 1 AS a',
  'DROP VIEW IF EXISTS v',
  'CREATE TRIGGER tr BEFORE INSERT ON u FOR EACH ROW SET NEW.a = 1',
  'CREATE PROCEDURE p() SELECT 1',
  'DROP PROCEDURE IF EXISTS p',
  'CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SET @a = 1',
  'ALTER DATABASE CHARACTER SET utf8mb4',
  'ANALYZE TABLE u',
  'CHECK TABLE u',
  'OPTIMIZE TABLE u',
  'REPAIR TABLE u',
  'CREATE SEQUENCE s',
  'DROP SEQUENCE IF EXISTS s',
  'DROP ROLE IF EXISTS ff_kinds_r',
  'SET STATEMENT max_statement_time = 10 FOR CREATE TABLE n (id INT)',
  '/*! CREATE TABLE n (id INT) */',
  'CREATE TABLE n (id INT) /*!99999 COMMENT "x" */',
  'ALTER TABLE tmp ADD b INT',
  'CREATE INDEX i ON tmp (id)',
  'CREATE TEMPORARY TABLE n (id INT)',
  'CREATE TEMPORARY TABLE n AS SELECT 1 AS a',
  'CREATE TEMPORARY TABLE n LIKE u',
  'DROP TEMPORARY TABLE tmp',
  'CREATE TEMPORARY SEQUENCE s',
  'SET @a = 1',
  'SET SESSION sql_mode = @@sql_mode',
  'SET NAMES utf8mb4',
  'SET ROLE NONE',
  'SET foreign_key_checks = 0',
  'SET @n = (SELECT COUNT(*) FROM u)',
  "PREPARE s FROM 'SELECT 1'",
  'DO SLEEP(0)',
  "SELECT GET_LOCK('kinds', 0)",
  'SELECT RELEASE_ALL_LOCKS()',
  'SELECT 1 INTO @a',
  'SELECT @a := 1',
  'GET DIAGNOSTICS @n = NUMBER',
  '/*!40101 SET @a = 1 */',
  '/*!99999 SET @a = 1 */',
  'SELECT LAST_INSERT_ID(5)',
  'SELECT 1',
  'SELECT * FROM u FOR UPDATE',
  'SHOW TABLES',
  'SHOW WARNINGS',
  'EXPLAIN SELECT 1',
  'EXPLAIN UPDATE u SET a = 1',
  'EXPLAIN ANALYZE SELECT * FROM u',
  'ANALYZE SELECT * FROM u',
  'ANALYZE FORMAT=JSON SELECT * FROM u',
  'DESCRIBE u',
  'CHECKSUM TABLE u',
  "HELP 'x'",
  'VALUES ROW(1)',
  'VALUES (1)',
  'TABLE u',
  'WITH a AS (SELECT 1 AS x) SELECT * FROM a',
  '(SELECT 1) UNION (SELECT 2)',
  "SIGNAL SQLSTATE '01000'",
  'INSERT INTO u VALUES (1)',
  'UPDATE u SET a = 2',
  'DELETE FROM u',
  'REPLACE INTO u VALUES (1)',
  'WITH a AS (SELECT 1 AS x) DELETE FROM u WHERE a IN (SELECT x FROM a)',
  'ANALYZE UPDATE u SET a = 1',
  'SELECT keep_two()',
  'SET @a = keep_two()',
  'DO keep_two()',
  'SET STATEMENT max_statement_time = 10 FOR UPDATE u SET a = 1',
] as const;

describe('the kind of a statement on a real server', () => {
  let connection: Connection;

  beforeAll(async () => {
    const { host, port, user, password } = testServer();
    const { database } = await createDatabase('kinds');
    connection = await createConnection({
      host,
      port,
      user,
      password,
      database,
      multipleStatements: true,
    });
    await connection.query('CREATE TABLE kept (id INT) ENGINE = InnoDB');
  });
  afterAll(() => connection.destroy());

  async function value(sql: string): Promise<unknown> {
    const [[row]] = await connection.query<RowDataPacket[]>(`SELECT ${sql} AS value`);
    return row?.value;
  }

  async function prepare(): Promise<void> {
    await connection.query(
      'DELETE FROM kept; DROP TABLE IF EXISTS n, u, w; DROP VIEW IF EXISTS v; DROP PROCEDURE IF EXISTS p; DROP EVENT IF EXISTS e; DROP FUNCTION IF EXISTS keep_two; DROP TEMPORARY TABLE IF EXISTS tmp, n; CREATE TABLE u (a INT, KEY a (a)) ENGINE = InnoDB; CREATE TEMPORARY TABLE tmp (id INT); CREATE FUNCTION keep_two() RETURNS INT DETERMINISTIC MODIFIES SQL DATA BEGIN INSERT INTO kept VALUES (2); RETURN 1; END; SET SESSION foreign_key_checks = 1, autocommit = 1',
    );
    if (testServer().flavour === 'mariadb')
      await connection.query('DROP SEQUENCE IF EXISTS s; DROP TEMPORARY SEQUENCE IF EXISTS s');
  }

  it.each(STATEMENTS)(
    'the kind of a statement on a real server is DDL if and only if the statement commits the open transaction: %s',
    async (sql) => {
      const { kind } = statementTraits(sql);
      await prepare();
      await connection.query('BEGIN; INSERT INTO kept VALUES (1)');
      try {
        await connection.query(sql);
      } catch (error) {
        const { errno } = error as { errno?: number };
        // This server does not support it, or refuses it for a temporary table.
        expect(errno).toBe(1064);
        return;
      }
      await connection.query('ROLLBACK');
      // CREATE TEMPORARY SEQUENCE: after such a statement, the engine asks the server for the transaction state.
      if (kind === 'opaque') return;
      expect({ kind, commits: (await value('(SELECT COUNT(*) FROM kept)')) !== 0 }).toEqual({
        kind,
        commits: kind === 'ddl',
      });
    },
  );

  it('the kind of a statement on a real server allows reads in a read-only transaction', async () => {
    for (const sql of STATEMENTS.filter(
      (each) => statementTraits(each).kind === 'read' && !each.includes('UPDATE'),
    )) {
      await prepare();
      await connection.query('START TRANSACTION READ ONLY');
      await connection.query(sql).catch(({ errno }) => expect([sql, errno]).toEqual([sql, 1064]));
      await connection.query('ROLLBACK');
    }
  });

  it('a stored function restores sql_mode and LAST_INSERT_ID() but not user variables, and the kind of its statement agrees', async () => {
    await connection.query(
      "DROP TABLE IF EXISTS ids; CREATE TABLE ids (id INT AUTO_INCREMENT PRIMARY KEY); DROP FUNCTION IF EXISTS f; CREATE FUNCTION f() RETURNS INT DETERMINISTIC MODIFIES SQL DATA BEGIN INSERT INTO ids VALUES (NULL); SET @left = 7; SET SESSION sql_mode = 'ANSI_QUOTES'; RETURN GET_LOCK('kinds f', 0); END; INSERT INTO ids VALUES (NULL)",
    );
    const before = await value("CONCAT(@@sql_mode, ' ', LAST_INSERT_ID())");
    expect(await value('f()')).toBe(1);
    expect(await value("CONCAT(@@sql_mode, ' ', LAST_INSERT_ID())")).toBe(before);
    expect(await value('@left')).toBe(7);
    expect(await value("RELEASE_LOCK('kinds f')")).toBe(1);
    expect(statementTraits('SELECT f()')).toMatchObject({
      changesSqlMode: false,
      setsInsertId: false,
      touchesLocks: true,
      callsUnknown: true,
    });
  });

  it('the kind of a statement on a real server includes an executable comment of a version that every supported server runs', async () => {
    expect(await value('1 /*!50699 + 1 */')).toBe(2);
    expect(await value('1 /*! + 1 */')).toBe(2);
    expect(statementTraits('/*!50699 ALTER TABLE t ADD a INT */').kind).toBe('ddl');
    expect(statementTraits('/*!50700 ALTER TABLE t ADD a INT */').kind).toBe('opaque');
  });

  it.each([
    '',
    'ANSI',
    'ANSI_QUOTES',
    'NO_BACKSLASH_ESCAPES',
    'ORACLE',
    'MSSQL',
    'POSTGRESQL',
    'IGNORE_SPACE',
    'TRADITIONAL',
  ])(
    "the kind of a statement on a real server depends on the server's sql_mode: %s",
    async (mode) => {
      await connection.query(
        'SET SESSION sql_mode = DEFAULT; DROP FUNCTION IF EXISTS `now`; CREATE FUNCTION `now`() RETURNS INT DETERMINISTIC RETURN 4711',
      );
      try {
        await connection.query(`SET SESSION sql_mode = '${mode}'`);
      } catch {
        // MySQL 8 has only the combinations ANSI and TRADITIONAL.
        expect(testServer().flavour).toBe('mysql');
        return;
      }
      const told = parseSqlMode(String(await value('@@sql_mode')));
      const isString = await value('"x"').then(
        (text) => text === 'x',
        () => false,
      );
      const escapes = (await value("'\\\\'")) === '\\';
      const isStored = (await value('now ()')) === 4711;
      await connection.query('SET SESSION sql_mode = DEFAULT; DROP FUNCTION `now`');
      expect(told).toEqual({
        ansiQuotes: !isString,
        noBackslashEscapes: !escapes,
        ignoreSpace: !isStored,
      });
    },
  );
});
