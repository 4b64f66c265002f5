import { describe, expect, it } from 'vitest';
import { splitStatements } from '../../../src/adapters/mysql/sql/split-statements.ts';

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
  ])('%s', (sql, expected) => {
    expect(texts(sql).map((text) => text.replace(/;+$/, ''))).toEqual(
      expected.map((text) => text.replace(/;+$/, '')),
    );
  });

  it('keeps the body of a routine whole', () => {
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

  it('leaves whole what cannot be told apart', () => {
    const trigger =
      'CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW IF 1 THEN SET NEW.b = 1; END IF; SELECT 2';
    expect(splitStatements(trigger)).toMatchObject([{ sql: trigger, several: true }]);
    const open = 'CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2';
    expect(splitStatements(open)).toMatchObject([{ several: true }]);
  });

  it('hands each statement the bindings that the driver would put there', () => {
    const sql = "SELECT '?', ?; -- ?\nSELECT ??, ? /* ? */; SELECT ???, ?";
    expect(splitStatements(sql, [1, 'a', 2, 3]).map(({ bindings }) => bindings)).toEqual([
      [1],
      ['a', 2],
      [3],
    ]);
  });
});
