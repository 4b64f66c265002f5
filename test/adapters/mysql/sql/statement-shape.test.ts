import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALL_SQL_MODES, DEFAULT_SQL_MODE } from '../../../../src/adapters/mysql/sql/sql-mode.ts';
import { statementShape } from '../../../../src/adapters/mysql/sql/statement-shape.ts';

describe('the shape of a statement', () => {
  it.each([
    [
      "INSERT INTO t VALUES (1, 'a', 0xff), (2, 'b', NULL)",
      'INSERT INTO t VALUES (?, NULL)',
      false,
    ],
    ["INSERT INTO t VALUES (1, 'a'), (2, 'b')", 'INSERT INTO t VALUES (?)', true],
    [
      "UPDATE `users` SET `name` = 'O\\'Brien' WHERE id IN (1,2,3);",
      'UPDATE `users` SET `name` = ? WHERE id IN (?)',
      true,
    ],
    ["SELECT 'it''s', \"a \\\" b\", 1.5e-3, x'ff', N'x'", 'SELECT ?', true],
    [
      'ALTER TABLE `odd 1 name` ADD COLUMN a1 INT',
      'ALTER TABLE `odd 1 name` ADD COLUMN a1 INT',
      true,
    ],
    [
      "SELECT 1 -- 'secret'\nFROM t # more\nWHERE /* 'x' */ a = 2",
      'SELECT ? FROM t WHERE a = ?',
      true,
    ],
    ["CREATE USER x IDENTIFIED BY 'pass", 'CREATE USER x IDENTIFIED BY ?', true],
    ['SELECT a-1, -5, größe2 FROM t2', 'SELECT a-?, -?, größe2 FROM t2', true],
  ])('the shape of %s has no literals', (sql, shape, exact) => {
    if (exact) expect(statementShape(sql, DEFAULT_SQL_MODE)).toBe(shape);
    else expect(statementShape(sql)).not.toMatch(/'a'|'b'|0xff|\d/);
  });

  it('the shape of a statement is cut at 500 characters', () => {
    expect(statementShape(`SELECT ${'a, '.repeat(1_000)}b`)).toHaveLength(500);
  });

  it('the shape of a statement never shows the contents of a string', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9 ,;()"`#-]{0,30}$/), (inside) => {
        const secret = `s3cret${inside}s3cret`;
        const quoted = `'${secret.replaceAll("'", "''")}'`;
        expect(statementShape(`UPDATE t SET a = ${quoted}, b = 'plain' WHERE c = 1`)).toBe(
          'UPDATE t SET a = ?, b = ? WHERE c = ?',
        );
      }),
    );
  });

  it.each([
    ["UPDATE t SET a = 'it's secret' WHERE b = 'x'", 'UPDATE t SET a = ?'],
    ["UPDATE t SET a = 'it's secret' WHERE b = 'x' AND c = 'secret", 'UPDATE t SET a = ?'],
    ["UPDATE t SET a = 'x ' secret ' y'", 'UPDATE t SET a = ?'],
    ["INSERT INTO t VALUES ('joe'@'secret')", 'INSERT INTO t VALUES (?)'],
    ['SELECT a /* secret', 'SELECT a ?'],
    ['SELECT a /*! secret', 'SELECT a ?'],
    ['SELECT $$ secret', 'SELECT ?'],
    ['SELECT $a$ secret; $a$, b', 'SELECT ?, b'],
    ['SELECT `a secret', 'SELECT ?'],
    ['SELECT 0XFF, 0xff, .5, 1.e5', 'SELECT ?'],
    ['SELECT 1--\tsecret\n, x', 'SELECT ? , x'],
    ["/*!40101 SET a = 'secret' */", '?'],
    ["CREATE USER 'app'@'%' IDENTIFIED BY 'secret'", 'CREATE USER ? IDENTIFIED BY ?'],
    [
      "ALTER TABLE t ADD a INT COMMENT 'x' NOT NULL AFTER b",
      'ALTER TABLE t ADD a INT COMMENT ? NOT NULL AFTER b',
    ],
  ])('the shape of a statement hides everything that may be a literal in %s', (sql, shape) => {
    for (const mode of [...ALL_SQL_MODES, undefined]) expect(statementShape(sql, mode)).toBe(shape);
  });

  it('the shape of a statement shows names in double quotes only if the sql_mode is known', () => {
    const sql = 'SELECT "a" FROM t';
    expect(statementShape(sql)).toBe('SELECT ? FROM t');
    expect(statementShape(sql, { noBackslashEscapes: false, ansiQuotes: true })).toBe(sql);
  });

  it('the shape of a statement never shows a literal of any mode if the mode is unknown', () => {
    const content = fc.string({ unit: fc.constantFrom(...'\\\'"`;-# \n/*a'), maxLength: 10 });
    const modes = fc.constantFrom(...ALL_SQL_MODES);
    fc.assert(
      fc.property(content, content, content, modes, fc.boolean(), (a, b, c, mode, isDouble) => {
        const quote = isDouble && !mode.ansiQuotes ? '"' : "'";
        const quoted = [a, b, c].map((text) => {
          const escaped = mode.noBackslashEscapes ? text : text.replaceAll('\\', '\\\\');
          const inside = `${escaped}s3cret${escaped}`;
          return `${quote}${inside.replaceAll(quote, quote + quote)}${quote}`;
        });
        const sql = `UPDATE t SET a = ${quoted[0]}, b = ${quoted[1]} WHERE c = ${quoted[2]}`;
        expect(statementShape(sql, mode)).toBe('UPDATE t SET a = ?, b = ? WHERE c = ?');
        expect(statementShape(sql)).not.toContain('s3cret');
        // The statement is cut anywhere, as in a process list.
        for (let end = 0; end < sql.length; end += 3)
          expect(statementShape(sql.slice(0, end))).not.toContain('s3cret');
      }),
      { numRuns: 1_000 },
    );
  });
});
