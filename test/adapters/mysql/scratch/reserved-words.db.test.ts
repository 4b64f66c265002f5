import type { Connection } from 'mysql2/promise';
import { expect, test } from 'vitest';
import { reservedBy, reservedWords } from '../../../../src/core/safety/lint/reserved-words.ts';
import { createDatabase } from '../../../support/database.ts';
import { testServer } from '../../../support/server.ts';

/** Whether the server takes a word as a name without quotes. */
async function isName(connection: Connection, word: string): Promise<boolean> {
  for (const sql of [
    `CREATE TABLE words (${word} INT)`,
    `CREATE TABLE ${word} (a INT)`,
    `SELECT ${word} FROM ${word} WHERE ${word} = 1`,
  ]) {
    const errno = await connection.query(`PREPARE word FROM '${sql}'`).then(
      () => 0,
      (error: { errno: number }) => error.errno,
    );
    if (errno === 1064) return false;
  }
  return true;
}

test('each keyword of the server is listed as reserved if and only if it cannot be a name without quotes', async () => {
  const connection = await (await createDatabase('words')).connection();
  const [rows] = await connection.query('SELECT WORD AS word FROM information_schema.KEYWORDS');
  const keywords = (rows as { word: string }[]).map(({ word }) => word.toUpperCase());
  const server = testServer().flavour === 'mysql' ? 'MySQL' : 'MariaDB';
  const wrong: string[] = [];
  for (const word of new Set([...keywords, ...reservedWords()])) {
    if (!/^\w+$/.test(word)) continue;
    const isListed = reservedBy(word)?.includes(server) ?? false;
    const isFree = await isName(connection, word);
    // A version of MariaDB may reserve fewer words than another.
    const isOfAnotherVersion =
      isListed && isFree && server === 'MariaDB' && VERSIONS_DIFFER.has(word);
    if (isListed === isFree && !isOfAnotherVersion) wrong.push(word);
  }
  expect(wrong).toEqual([]);
});

/** MariaDB 10.11 and 11.8 differ in these. */
const VERSIONS_DIFFER: ReadonlySet<string> = new Set([
  ...['MASTER_SSL_VERIFY_SERVER_CERT', 'SQL_AFTER_GTIDS', 'SQL_BEFORE_GTIDS', 'VECTOR'],
]);
