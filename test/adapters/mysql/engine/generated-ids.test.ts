import { describe, expect, it } from 'vitest';
import { GeneratedIds } from '../../../../src/adapters/mysql/journal/generated-ids.ts';
import { parseDdl } from '../../../../src/adapters/mysql/sql/ddl.ts';
import { DEFAULT_SQL_MODE } from '../../../../src/adapters/mysql/sql/sql-mode.ts';

const MODE = { mode: DEFAULT_SQL_MODE };

/** Whether counters must be noted after these statements; DDL statements have taken effect. */
function areToNoteAfter(statements: readonly string[]): boolean {
  const ids = new GeneratedIds();
  for (const sql of statements) {
    const ddl = parseDdl(sql);
    if (ddl !== undefined) ids.changedBy(ddl, { sql, ...MODE });
    else ids.usedBy({ sql, ...MODE }, /^CALL/.test(sql));
  }
  return ids.areToNote;
}

const MADE = 'CREATE TABLE made (id INT AUTO_INCREMENT PRIMARY KEY, n INT)';

describe('counters of generated ids', () => {
  it.each([
    [[MADE, 'INSERT INTO made (n) VALUES (1)']],
    [[MADE, 'INSERT INTO `Made` (n) VALUES (1)']],
    [[MADE, 'INSERT INTO some_database.made (n) VALUES (1)']],
    [[MADE, 'UPDATE base JOIN made ON made.id = base.id SET base.n = 1']],
    // A procedure may do anything.
    [[MADE, 'CALL p()']],
    [['CREATE TABLE made LIKE base', 'INSERT INTO made (n) VALUES (1)']],
    [['CREATE TABLE made AS SELECT 1 AS n', 'INSERT INTO made (n) VALUES (1)']],
    [[MADE, 'RENAME TABLE made TO renamed', 'INSERT INTO renamed (n) VALUES (1)']],
    [[MADE, 'ALTER TABLE made RENAME TO renamed', 'INSERT INTO renamed (n) VALUES (1)']],
    [[MADE, 'DROP TABLE made', MADE, 'INSERT INTO made (n) VALUES (1)']],
  ])(
    'counters of generated ids are noted after %j, because the migration created the table',
    (statements) => {
      expect(areToNoteAfter(statements)).toBe(true);
    },
  );

  it.each([
    [[]],
    [['INSERT INTO base (n) VALUES (1)']],
    [['CALL p()']],
    [[MADE]],
    [[MADE, 'INSERT INTO base (n) VALUES (1)']],
    [[MADE, 'DROP TABLE made', 'INSERT INTO made (n) VALUES (1)']],
    // The table may have existed before.
    [['CREATE TABLE IF NOT EXISTS made (id INT)', 'INSERT INTO made (n) VALUES (1)']],
    [['CREATE TEMPORARY TABLE made (id INT)', 'INSERT INTO made (n) VALUES (1)']],
    [['RENAME TABLE base TO other', 'INSERT INTO other (n) VALUES (1)']],
    [['CREATE VIEW made AS SELECT 1', 'INSERT INTO made (n) VALUES (1)']],
  ])(
    'counters of generated ids are not noted after %j, because no table of the migration is affected',
    (statements) => {
      expect(areToNoteAfter(statements)).toBe(false);
    },
  );

  it('counters of generated ids are forgotten at the end of the migration', () => {
    const ids = new GeneratedIds();
    ids.changedBy(parseDdl(MADE), { sql: MADE, ...MODE });
    ids.forget();
    ids.usedBy({ sql: 'INSERT INTO made (n) VALUES (1)', ...MODE }, true);
    expect(ids.areToNote).toBe(false);
  });

  it('counters of generated ids are noted after a session with ANSI_QUOTES has emptied its table', () => {
    const mode = { ...DEFAULT_SQL_MODE, ansiQuotes: true };
    const ids = new GeneratedIds();
    ids.changedBy(parseDdl(MADE), { sql: MADE, mode });
    const sql = 'TRUNCATE TABLE "made"';
    ids.changedBy(parseDdl(sql, mode), { sql, mode });
    expect(ids.areToNote).toBe(true);
  });
});
