import { describe, expect, it } from 'vitest';
import { statementKind } from '../../../../src/adapters/mysql/sql/statement-kind.ts';
import { statementTraits } from '../../../../src/adapters/mysql/sql/statement-traits.ts';

describe('the kind of a statement', () => {
  const kinds: Readonly<Record<string, readonly string[]>> = {
    control: [
      'BEGIN;',
      'BEGIN WORK',
      'start transaction',
      'START TRANSACTION READ ONLY',
      'COMMIT AND CHAIN',
      'RELEASE SAVEPOINT trx2;',
      'ROLLBACK TO trx2',
      'SET TRANSACTION READ ONLY',
      '/*!50100 COMMIT */',
    ],
    session: [
      '',
      '-- nothing',
      'SET @a = 1',
      "SET @a = 'constant', @b := @a + 1",
      "SET NAMES utf8mb4 COLLATE 'utf8mb4_bin'",
      'SET CHARACTER SET utf8',
      "SET SESSION sql_mode = CONCAT(@@sql_mode, ',ANSI')",
      'SET @@session.time_zone = DEFAULT',
      'SET @@`sql_mode` = DEFAULT',
      'SET LOCAL foreign_key_checks = 0, @a = UUID()',
      'SET SESSION TRANSACTION READ ONLY',
      'SET ROLE NONE',
      'SET @n = (SELECT COUNT(*) FROM t)',
      '/* over there */ USE other',
      "PREPARE s FROM 'SELECT 1'",
      'PREPARE s FROM @sql',
      'DEALLOCATE PREPARE s',
      'DROP PREPARE s',
      'CREATE TEMPORARY TABLE t (id INT, d DATETIME(6) DEFAULT (NOW(6)))',
      'create or replace temporary table t (id int)',
      'CREATE TEMPORARY TABLE t AS SELECT MAX(id) AS m FROM u',
      'CREATE TEMPORARY TABLE t LIKE u',
      'DROP TEMPORARY TABLE t',
      'DO SLEEP(0)',
      'SELECT id INTO @a FROM t',
      'SELECT @a := 1',
      "SELECT GET_LOCK('a', 1)",
      'SELECT release_all_locks ()',
      'SELECT LAST_INSERT_ID(5)',
      'GET DIAGNOSTICS @n = NUMBER',
      '/*!40101 SET NAMES utf8 */',
      '/*!99999 SET @a = 1 */',
      '/*M!100100 SET @a = 1 */',
      'WITH a AS (SELECT 1 AS x) SELECT x FROM a INTO @x',
      'SET STATEMENT max_statement_time = 1 FOR SELECT 1 INTO @a',
      'TABLE t INTO @a',
      'VALUES ROW(1) INTO @a',
      'EXPLAIN FORMAT = JSON INTO @a SELECT 1',
    ],
    locking: ['LOCK TABLES t WRITE'],
    unlocking: ['UNLOCK TABLES'],
    read: [
      '(SELECT 1) UNION (SELECT 2)',
      'WITH a AS (SELECT 1) SELECT * FROM a',
      'WITH RECURSIVE a (n) AS (SELECT 1), b (m) AS (SELECT 2) (SELECT * FROM a, b)',
      '((SELECT 1))',
      'VALUES ROW(1, 2)',
      'TABLE t',
      'SHOW TABLES',
      "SHOW TABLES WHERE CONCAT(1) = '1'",
      'EXPLAIN UPDATE t SET a = 1',
      'DESCRIBE t',
      'EXPLAIN ANALYZE SELECT 1',
      'ANALYZE SELECT 1',
      'ANALYZE FORMAT=JSON SELECT 1',
      'CHECKSUM TABLE t',
      "HELP 'x'",
      "SIGNAL SQLSTATE '45000'",
      'SELECT IF(a, b, c), `if`, COUNT(*), NOW() FROM t WHERE a IN (1) AND (b) FOR UPDATE',
      "SELECT CAST(a AS DECIMAL(10, 2)), a MEMBER OF ('[1]'), MATCH (a) AGAINST ('b') FROM t AS u(a) WHERE a = ANY (SELECT 1) AND EXISTS (SELECT 1)",
      "SELECT * FROM JSON_TABLE('[1]', '$[*]' COLUMNS (d DATETIME(6) PATH '$')) AS j",
      'SELECT ROW_NUMBER() OVER (PARTITION BY a ORDER BY b), 1 FROM t USE INDEX (a) PARTITION (p)',
      '/*! SELECT 1 */',
      'SELECT 1 /*!99999 + 1 */',
      '/*!99999 SELECT 1 */',
      'SELECT f FROM t',
      'SELECT t.f FROM t',
    ],
    write: [
      "SELECT w('a') INTO @v",
      "SET @id = next_id('inv')",
      'SET SESSION sql_mode = f()',
      'DO f()',
      'SELECT f(1)',
      'SELECT f (1)',
      'SELECT f/* x */(1)',
      'SELECT `ABS`(1)',
      'SELECT d.f(1)',
      'SELECT d . abs(1)',
      '(SELECT 1) UNION (SELECT f(2))',
      'SELECT 1 FROM t WHERE a IN (SELECT f(a))',
      'SELECT {fn f(1)}',
      'SELECT now ()',
      'SELECT SQL_NO_CACHE f(1)',
      'SELECT DISTINCT f(1)',
      'SELECT ALL f(1)',
      'SELECT -f(1)',
      'SELECT CASE f(1) WHEN 1 THEN 2 END',
      'SELECT INTERVAL f(1) DAY + NOW()',
      'SELECT a FROM t ORDER BY f(a)',
      'SELECT a FROM t GROUP BY f(a) HAVING f(a)',
      'SELECT * FROM f(1) AS t',
      'WITH a AS (SELECT f(1)) SELECT * FROM a',
      'WITH a AS (SELECT 1) DELETE FROM t WHERE id IN (SELECT * FROM a)',
      'CREATE TEMPORARY TABLE t AS SELECT f(1)',
      'SHOW TABLES WHERE f()',
      'EXPLAIN SELECT f()',
      'EXPLAIN ANALYZE UPDATE t SET a = 1',
      'ANALYZE UPDATE t SET a = 1',
      'ANALYZE FORMAT=JSON SELECT f()',
      'SET STATEMENT max_statement_time = 1 FOR DELETE FROM t',
      '# comment\ninsert into t values (1)',
      'REPLACE INTO t VALUES (1)',
      "LOAD DATA INFILE 'x' INTO TABLE t",
      'SELECT 1 /*! + f() */',
      'SELECT 1 /*!99999 + f() */ ',
      'SELECT any_value(a) FROM t',
      "SELECT uuid_to_bin('x')",
      'SELECT JSON_TABLE(1)',
    ],
    ddl: [
      'alter table t add a int',
      'TRUNCATE t',
      'CREATE TABLE t AS SELECT f()',
      'CHECK TABLE t',
      'ANALYZE TABLE t',
      'ANALYZE LOCAL TABLE t',
      'DROP TABLE t',
      'CREATE SEQUENCE s',
      'CREATE PROCEDURE p() SELECT f()',
      'SET STATEMENT max_statement_time = 1 FOR ALTER TABLE t ADD a INT',
    ],
    opaque: [
      'CALL fill()',
      'EXECUTE prepared',
      "EXECUTE IMMEDIATE 'SELECT 1'",
      'BEGIN NOT ATOMIC SELECT 1; END',
      'BEGIN SELECT 1; END',
      'IF 1 THEN SELECT 1; END IF',
      'l: LOOP LEAVE l; END LOOP',
      'HANDLER t OPEN',
      'KILL 1',
      'FLUSH TABLES',
      'RESET MASTER',
      "INSTALL SONAME 'x'",
      'SET GLOBAL max_connections = 1',
      'SET @a = 1, GLOBAL x = 2',
      'SET PERSIST x = 1',
      'SET @@global.x = 1',
      'SET @@persist_only.x = 1',
      "SET PASSWORD = 'x'",
      'SET DEFAULT ROLE NONE TO u',
      'SET GLOBAL TRANSACTION READ ONLY',
      'SET hot.key_buffer_size = 1',
      'SELECT NEXTVAL(s)',
      'SELECT NEXT VALUE FOR s',
      'SELECT PREVIOUS VALUE FOR s',
      'SELECT SETVAL(s, 1)',
      'SELECT LASTVAL(s) INTO @a',
      'SET @a = NEXTVAL(s)',
      'INSERT INTO t VALUES (NEXT VALUE FOR s)',
      'DO SETVAL(s, 5)',
      "SELECT 1 INTO OUTFILE '/x'",
      "SELECT 1 INTO DUMPFILE '/x'",
      "TABLE t INTO OUTFILE '/x'",
      '/*!99999 KILL 1 */ SELECT 1',
      'SELECT 1 /*!99999 INTO OUTFILE "x" */',
      "/*! SELECT '*/' */",
      'LOAD INDEX INTO CACHE t',
      'START SLAVE',
      'SET STATEMENT max_statement_time = 1 FOR COMMIT',
      'SHUTDOWN',
      '/*!99999 ALTER TABLE t ADD a INT */',
    ],
    refused: ["XA START 'x'", "/*! XA START 'x' */"],
  };
  it.each(Object.entries(kinds).flatMap(([kind, all]) => all.map((sql) => [sql, kind])))(
    'the kind of "%s" is %s',
    (sql, kind) => {
      expect(statementKind(sql)).toBe(kind);
    },
  );

  it('the kind of a statement is opaque for text that could not be split', () => {
    expect(statementTraits('SELECT 1', undefined, true).kind).toBe('opaque');
  });

  it('the kind of a statement depends on the server for functions that only one family has', () => {
    const kind = (sql: string, flavour: 'mysql' | 'mariadb') =>
      statementTraits(sql, undefined, false, flavour).kind;
    expect([
      kind('SELECT ANY_VALUE(a) FROM t', 'mysql'),
      kind('SELECT ANY_VALUE(a) FROM t', 'mariadb'),
    ]).toEqual(['read', 'write']);
    expect([
      kind('SELECT NVL(a, 1) FROM t', 'mysql'),
      kind('SELECT NVL(a, 1) FROM t', 'mariadb'),
    ]).toEqual(['write', 'read']);
  });

  it('the kind of a statement depends on IGNORE_SPACE and on ANSI_QUOTES', () => {
    const mode = { noBackslashEscapes: false, ansiQuotes: true, ignoreSpace: true };
    expect(statementTraits('SELECT now ()', mode).kind).toBe('read');
    expect(statementTraits('SELECT "f"(1)', mode).kind).toBe('write');
  });
});

describe('questions about the previous statement', () => {
  it.each([
    ['SELECT ROW_COUNT()', ['rowCount']],
    ['SELECT row_count /* x */ ( )', ['rowCount']],
    ['INSERT INTO t VALUES (ROW_COUNT(), FOUND_ROWS())', ['rowCount', 'foundRows']],
    ['SET @a = IF(FOUND_ROWS() > 1, 1, 2)', ['foundRows']],
    ['SELECT SQL_CALC_FOUND_ROWS a FROM t', []],
    ['SHOW WARNINGS', ['diagnostics']],
    ['SHOW /* x */ ERRORS LIMIT 1', ['diagnostics']],
    ['SHOW COUNT(*) WARNINGS', ['diagnostics']],
    ['show count ( * ) errors', ['diagnostics']],
    ['SELECT @@warning_count', ['diagnostics']],
    ['SELECT @@session.error_count, @@local.`warning_count`', ['diagnostics']],
    ['SELECT @@session . warning_count', ['diagnostics']],
    ["SHOW VARIABLES LIKE 'warning\\\\_count'", ['diagnostics']],
    ["SHOW SESSION VARIABLES LIKE '%identity'", ['insertId']],
    ["SHOW VARIABLES LIKE 'sql_mode'", []],
    ['GET DIAGNOSTICS @n = NUMBER', ['diagnostics']],
    ['GET CURRENT DIAGNOSTICS @n = ROW_COUNT', ['rowCount', 'diagnostics']],
    ['GET STACKED DIAGNOSTICS CONDITION 1 @m = MESSAGE_TEXT', ['diagnostics']],
    ['SELECT LAST_INSERT_ID()', ['insertId']],
    ['UPDATE t SET a = last_insert_id( ) + 1', ['insertId']],
    ['SELECT LAST_INSERT_ID(5)', []],
    ['SELECT @@identity', ['insertId']],
    ['SELECT @@`last_insert_id`', ['insertId']],
    ["SELECT 'ROW_COUNT()', `row_count` FROM t -- LAST_INSERT_ID()", []],
    ['/*! SELECT ROW_COUNT() */', ['rowCount']],
    ['CREATE TABLE t AS SELECT LAST_INSERT_ID() AS id', ['insertId']],
    ['CREATE PROCEDURE p() SELECT ROW_COUNT()', []],
    ['SET STATEMENT max_statement_time = 1 FOR SELECT ROW_COUNT()', ['rowCount']],
  ])('questions about the previous statement are found in %s', (sql, expected) => {
    const asked = Object.entries(statementTraits(sql).asks)
      .filter(([, asks]) => asks)
      .map(([name]) => name);
    expect(asked).toEqual(expected);
  });
});

describe('the variables of a statement', () => {
  it.each([
    ["SET @s = 'constant'", [], ['s']],
    ['SET @a = @B, @c := @a + 1', ['b', 'a'], ['a', 'c']],
    ['SET @a = @b = 1', ['b'], ['a']],
    ["SET @`a b` = 1, @'x' = 2", [], ['a b', 'x']],
    ['SELECT @a := @a + 1, @b', ['a', 'b'], ['a']],
    ['SELECT a, b INTO @x, @y FROM t WHERE c = @z', ['z'], ['x', 'y']],
    ['UPDATE t SET a = (@n := @n + 1)', ['n'], ['n']],
    ["LOAD DATA INFILE 'x' INTO TABLE t (a, @b) SET c = @b + @d", ['b', 'd'], ['b']],
    ['GET DIAGNOSTICS CONDITION 1 @m = MESSAGE_TEXT, @e = MYSQL_ERRNO', [], ['m', 'e']],
    ['CALL p(@a, 1)', ['a'], ['a']],
    ['EXECUTE s USING @a, @b', ['a', 'b'], []],
    ['PREPARE s FROM @sql', ['sql'], []],
    ['SELECT @ a', ['a'], []],
    ["SELECT '@a', `@b`, @@sql_mode -- @c", [], []],
    ["GRANT SELECT ON t TO 'app'@localhost", [], []],
    ['SET @a = 1 /*!99999 , @b = @c */', ['c'], ['a', 'b']],
  ])('the variables of a statement are found in %s', (sql, reads, sets) => {
    const { readsVariables, setsVariables } = statementTraits(sql);
    expect([[...readsVariables].sort(), [...setsVariables].sort()]).toEqual([
      [...reads].sort(),
      [...sets].sort(),
    ]);
  });
});

describe('what a statement changes in the session', () => {
  it.each([
    ["SET sql_mode = ''", ['changesSqlMode']],
    ["SET @@session.`sql_mode` = ''", ['changesSqlMode']],
    ['SET autocommit = 0', ['changesAutocommit']],
    ['SET @@autocommit := 1', ['changesAutocommit']],
    ['USE other', ['changesDatabase']],
    ['DROP DATABASE d', ['changesDatabase']],
    ["SELECT GET_LOCK('a', 1)", ['touchesLocks']],
    ['UPDATE t SET a = RELEASE_ALL_LOCKS()', ['touchesLocks']],
    ["SELECT IS_USED_LOCK('a')", ['isVolatile']],
    ['SET @a = f()', ['callsUnknown', 'touchesLocks', 'isVolatile']],
    [
      'CALL p()',
      [
        'callsUnknown',
        'setsInsertId',
        'changesSqlMode',
        'changesAutocommit',
        'changesDatabase',
        'touchesLocks',
        'isVolatile',
      ],
    ],
    ['INSERT INTO t VALUES (1)', ['setsInsertId']],
    ['SELECT LAST_INSERT_ID(7)', ['setsInsertId']],
    ['SET insert_id = 5', []],
    ['SET last_insert_id = 5', ['setsInsertId']],
    ['CREATE TABLE t AS SELECT 1 AS a', ['setsInsertId']],
    ['SET @a = NOW()', ['isVolatile']],
    ['SET @a = CURRENT_TIMESTAMP', ['isVolatile']],
    ['SET @a = UUID(), @b = RAND()', ['isVolatile']],
    ['SELECT t.localtime FROM t', []],
    ['-- nothing', ['isEmpty']],
    ['KILL 5', []],
  ])('changes of a statement to its session are found in %s', (sql, expected) => {
    const traits = statementTraits(sql);
    const names = Object.entries(traits)
      .filter(([, value]) => value === true)
      .map(([name]) => name);
    expect(names.sort()).toEqual([...expected].sort());
  });

  it.each([
    ['CREATE TEMPORARY TABLE IF NOT EXISTS d.`A b` (id INT)', ['a b']],
    ['CREATE OR REPLACE TEMPORARY TABLE t AS SELECT 1', ['t']],
    ['DROP TEMPORARY TABLE IF EXISTS a, d.B', ['a', 'b']],
    ['CREATE TEMPORARY SEQUENCE s', ['s']],
    ['CREATE TABLE t (id INT)', []],
  ])(
    'changes of a statement to its session include the temporary tables of %s',
    (sql, temporary) => {
      expect(statementTraits(sql).temporary).toEqual(temporary);
    },
  );

  it.each([
    ["PREPARE `Find` FROM 'SELECT 1'", { verb: 'PREPARE', name: 'find' }],
    ['/* first */ execute find USING @a', { verb: 'EXECUTE', name: 'find' }],
    ['DEALLOCATE PREPARE find', { verb: 'DEALLOCATE', name: 'find' }],
    ['DROP PREPARE find', { verb: 'DEALLOCATE', name: 'find' }],
    ["EXECUTE IMMEDIATE 'SELECT 1'", undefined],
    ["SELECT 'EXECUTE find'", undefined],
  ])(
    "the list of a statement's changes to the session names the prepared statement of %s",
    (sql, prepared) => {
      expect(statementTraits(sql).prepared).toEqual(prepared);
    },
  );
});
