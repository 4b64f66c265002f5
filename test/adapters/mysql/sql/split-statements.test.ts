import fc from 'fast-check';
import { format, type SqlValue } from 'mysql2';
import { describe, expect, it } from 'vitest';
import { splitStatements } from '../../../../src/adapters/mysql/sql/split-statements.ts';

const texts = (sql: string) => splitStatements(sql).map((part) => part.sql);

describe('splitting SQL', () => {
  it.each([
    ['SELECT 1', ['SELECT 1']],
    ['SELECT 1;', ['SELECT 1;']],
    ['SELECT 1; SELECT 2;', ['SELECT 1', 'SELECT 2']],
    [
      "INSERT INTO t VALUES ('a;b'); DELETE FROM t",
      ["INSERT INTO t VALUES ('a;b')", 'DELETE FROM t'],
    ],
    ["SELECT 'it''s; \\'; '; SELECT 2", ["SELECT 'it''s; \\'; '", 'SELECT 2']],
    ['SELECT `a;b` FROM t; SELECT "x;y"', ['SELECT `a;b` FROM t', 'SELECT "x;y"']],
    [
      '-- one; two\nSELECT 1; # three; four\nSELECT 2',
      ['-- one; two\nSELECT 1', '# three; four\nSELECT 2'],
    ],
    ['/* a; b */ SELECT 1; SELECT 2', ['/* a; b */ SELECT 1', 'SELECT 2']],
  ])('the splitter splits %s', (sql, expected) => {
    expect(texts(sql).map((text) => text.replace(/;+$/, ''))).toEqual(
      expected.map((text) => text.replace(/;+$/, '')),
    );
  });

  it('the body of a routine is not split', () => {
    const routine = `CREATE DEFINER=\`app\`@\`%\` PROCEDURE fill(IN n INT) BEGIN
      DECLARE i INT DEFAULT 0;
      WHILE i < n DO
        IF i = 3 THEN SET i = i + 1; END IF;
        CASE i WHEN 1 THEN SELECT 1; ELSE BEGIN END; END CASE;
        SET i = CASE WHEN i > 0 THEN i + 1 ELSE 1 END;
      END WHILE;
    END`;
    expect(texts(`${routine}; SELECT 2`)).toEqual([routine, 'SELECT 2']);
    const trigger = 'CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.b = 1';
    expect(texts(`${trigger}; SELECT 2`)).toEqual([trigger, 'SELECT 2']);
  });

  it.each([
    'CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW IF 1 THEN SET NEW.b = 1; END IF',
    'CREATE TRIGGER t AFTER UPDATE ON a FOR EACH ROW PRECEDES `begin` SET @a = 1',
    'CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN DELETE FROM a; DELETE FROM b; END',
    'ALTER EVENT e DISABLE',
    "CREATE FUNCTION f(a INT) RETURNS SET('begin', 'if') CHARSET utf8mb4 NO SQL RETURN IF(a, 1, 2)",
    'CREATE FUNCTION f(a INT) RETURNS INT DETERMINISTIC label: BEGIN RETURN a; END label',
    'CREATE PROCEDURE IF NOT EXISTS p() LANGUAGE SQL CASE 1 WHEN 1 THEN SELECT 1; END CASE',
    'BEGIN NOT ATOMIC SELECT 1; SELECT 2; END',
    'IF 1 THEN SELECT 1; END IF',
    'outer_loop: LOOP LEAVE outer_loop; END LOOP outer_loop',
    'FOR i IN 1..3 DO SELECT i; END FOR',
    'BEGIN',
    'ALTER PROCEDURE p COMMENT "BEGIN"',
  ])('the splitter finds the end of %s', (statement) => {
    expect(texts(`SELECT 1; ${statement}; SELECT 2`)).toEqual(['SELECT 1', statement, 'SELECT 2']);
  });

  it.each([
    'CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2',
    'CREATE PACKAGE BODY p AS FUNCTION f() RETURN INT AS BEGIN RETURN 1; END; END; SELECT 2',
    "/*!50701 SELECT '*/' */; SELECT 2",
    '/*!99999 SELECT 1; */ SELECT 2; SELECT 3',
    '/*!99999 SELECT 1 */; SELECT 2',
    'SELECT 1;; SELECT 2',
    'SELECT 1 --; SELECT 2',
  ])('text whose statements cannot be separated is not split: %s', (sql) => {
    const parts = splitStatements(sql);
    expect(parts.at(-1)).toMatchObject({ several: true });
    expect(parts.at(-1)?.sql.endsWith('SELECT 2') || parts.length === 1).toBe(true);
  });

  it('the splitter treats a comment after the last semicolon as a statement, because the server answers it', () => {
    expect(texts('SELECT 1; SELECT 2; -- done')).toEqual(['SELECT 1', 'SELECT 2', '-- done']);
    expect(texts('SELECT 1; SELECT 2;# done\n;')).toEqual(['SELECT 1', 'SELECT 2', '# done\n;']);
    expect(texts('SELECT 1; SELECT 2; ;\n')).toEqual(['SELECT 1', 'SELECT 2']);
  });

  it("the splitter reads quotes and backslashes according to the session's sql_mode", () => {
    const sql = "SELECT 'a\\'; SELECT \"b;\", 'c'";
    const split = (noBackslashEscapes: boolean) =>
      splitStatements(sql, [], { noBackslashEscapes, ansiQuotes: false }).length;
    expect(split(true)).toBe(2);
    expect(split(false)).toBe(1);
  });

  it('the splitter gives each statement the values that the driver would insert into the whole text', () => {
    const pieces = [
      '?',
      '??',
      '???',
      "'",
      '"',
      '`',
      '--',
      ' ',
      '\n',
      '#',
      '/*',
      '*/',
      '/*!',
      ';',
      ';\n',
      'a',
      ',',
      '\\',
      '\u0001',
    ];
    const text = fc.array(fc.constantFrom(...pieces), { maxLength: 20 }).map((all) => all.join(''));
    const values = fc.array(
      fc.oneof(fc.integer(), fc.string({ maxLength: 4 }), fc.constant({ a: 1 })),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(text, values, (sql, bindings) => {
        const parts = splitStatements(sql, bindings);
        // Only semicolons and blanks are between the parts.
        let rest = format(sql, bindings);
        for (const part of parts) {
          const own = format(part.sql, part.bindings as SqlValue[]);
          rest = rest.replace(/^[;\s]*/, '');
          expect(rest.startsWith(own.replace(/^[;\s]*/, ''))).toBe(true);
          rest = rest.slice(own.replace(/^[;\s]*/, '').length);
        }
        expect(rest.replace(/^[;\s]*/, '')).toBe('');
      }),
      { numRuns: 3_000 },
    );
  });

  it('the splitter gives each statement the bindings that the driver would insert', () => {
    const sql = "SELECT '?', ?; -- ?\nSELECT ??, ? /* ? */; SELECT ???, ?";
    expect(splitStatements(sql, [1, 'a', 2, 3]).map(({ bindings }) => bindings)).toEqual([
      [1],
      ['a', 2],
      [3],
    ]);
  });
});
