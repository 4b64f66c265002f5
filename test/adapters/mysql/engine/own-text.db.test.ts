import fc from 'fast-check';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { query } from '../../../../src/adapters/mysql/connection/query.ts';
import { ownText } from '../../../../src/adapters/mysql/migration/engine/own-text.ts';
import { parseSqlMode } from '../../../../src/adapters/mysql/sql/sql-mode.ts';
import { createDatabase } from '../../../support/database.ts';

const MODES = ['', 'ANSI_QUOTES', 'NO_BACKSLASH_ESCAPES', 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'];

let connection: Connection;
beforeAll(async () => {
  const database = await createDatabase('own_text');
  const { host, port, user, password } = database;
  connection = createConnection({
    host,
    port,
    user,
    password,
    database: database.database,
    charset: 'utf8mb4',
  });
  await query(
    connection,
    'CREATE TABLE `who?` (id INT PRIMARY KEY AUTO_INCREMENT, `a``?` LONGTEXT, n INT, nothing INT) CHARACTER SET utf8mb4',
  );
});
afterAll(() => connection?.destroy());

/** Texts that are hard to quote: quotes, backslashes, question marks, line ends, other alphabets. */
const part = fc.constantFrom(
  "'",
  '"',
  '\\',
  '`',
  '?',
  '\n',
  '\r',
  '\t',
  '\u001a',
  '%',
  '_',
  'ä',
  '😀',
  ';',
  '--',
  'x',
);
const text = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));

describe.each(MODES)("Fanfold's rows under sql_mode %j", (mode) => {
  it('rows of Fanfold contain exactly the given values in every sql_mode, with any characters', async () => {
    await query(connection, `SET SESSION sql_mode = '${mode}'`);
    const now = parseSqlMode(mode);
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 4 }), async (texts) => {
        await query(connection, 'DELETE FROM `who?`');
        const rows = texts.map((each, index) => [each, index, null]);
        const own = (sql: string, values: readonly unknown[]) =>
          query<RowDataPacket[]>(connection, ownText(connection, { sql, values }, now));
        await own('INSERT INTO `who?` (`a``?`, n, nothing) VALUES ?', [rows]);
        const found = await own(
          'SELECT `a``?` AS a, n, nothing FROM `who?` WHERE n NOT IN (?) AND `a``?` IN (?) ORDER BY n',
          [[-1, -2], texts],
        );
        expect(found.map(({ a, n, nothing }) => [a, n, nothing])).toEqual(rows);
        const [one] = await own('SELECT COUNT(*) AS count FROM `who?` WHERE `a``?` = ? AND n = ?', [
          texts[0],
          0,
        ]);
        expect(Number(one?.count)).toBe(1);
      }),
      { numRuns: 60, seed: 20261129 },
    );
  });
});

it('SQL without values is sent unchanged', () => {
  const sql = "SELECT '?\\'";
  for (const mode of MODES) {
    expect(ownText(connection, { sql, values: [] }, parseSqlMode(mode))).toBe(sql);
  }
});
