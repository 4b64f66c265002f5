import { describe, expect, it } from 'vitest';
import {
  checkFence,
  isFenceMissing,
  isFenceNotFree,
  releaseFence,
  takeFence,
} from '../../../src/adapters/mysql/locks/fence.ts';
import { fenceName } from '../../../src/adapters/mysql/locks/fence-name.ts';
import { createDatabase } from '../../support/database.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

/** Ways in which a session can lose its lock. */
const LOSSES: [how: string, (name: string) => string[]][] = [
  ['RELEASE_ALL_LOCKS', () => ['SELECT RELEASE_ALL_LOCKS()']],
  ['RELEASE_LOCK by its name', (name) => [`SELECT RELEASE_LOCK('${name}')`]],
  [
    'RELEASE_ALL_LOCKS in a stored procedure',
    () => ['CREATE PROCEDURE lose() DO RELEASE_ALL_LOCKS()', 'CALL lose()'],
  ],
];

const SQL_MODES = [
  '',
  'TRADITIONAL',
  'ANSI,NO_BACKSLASH_ESCAPES',
  'PIPES_AS_CONCAT,IGNORE_SPACE,HIGH_NOT_PRECEDENCE',
];

/** States of a session before an intent or a COMMIT. */
const SESSIONS: [where: string, statements: string[]][] = [
  ['outside of a transaction', []],
  ['in a transaction', ['START TRANSACTION', 'INSERT INTO made VALUES (1)']],
  ['in a read-only transaction', ['START TRANSACTION READ ONLY']],
  ['without autocommit', ['SET autocommit = 0']],
  ['under LOCK TABLES', ['LOCK TABLES made WRITE']],
];

async function sessionWithFence(...statements: string[]) {
  const database = await createDatabase('checkfence');
  const name = fenceName(database.database);
  const connection = await database.multiConnection();
  await connection.query(takeFence(name, 0));
  await connection.query('CREATE TABLE made (i INT) ENGINE = InnoDB');
  for (const statement of statements) await connection.query(statement);
  return { database, name, connection };
}

describe('the check of the fence', () => {
  for (const [where, statements] of SESSIONS) {
    it.each(SQL_MODES)(
      `the check of the fence passes ${where} while the fence is held, with sql_mode "%s"`,
      async (mode) => {
        const { connection, name } = await sessionWithFence(
          `SET sql_mode = '${mode}'`,
          ...statements,
        );
        const [answers] = await connection.query(
          `${checkFence(name)}; SELECT @@warning_count AS n`,
        );
        expect(answers).toEqual([expect.objectContaining({ warningStatus: 0 }), [{ n: 0 }]]);
      },
    );

    it.each(LOSSES)(
      `the check of the fence fails ${where} after %s, and nothing after it runs`,
      async (_, lose) => {
        const { connection, name, database } = await sessionWithFence();
        for (const statement of [...lose(name), ...statements]) await connection.query(statement);
        const error = await rejectionOf(
          connection.query(`${checkFence(name)}; COMMIT; SET @reached = 1`),
        );
        expect(isFenceMissing(error)).toBe(true);
        expect(isFenceNotFree(error)).toBe(false);
        expect((await connection.query('SELECT @reached AS reached'))[0]).toEqual([
          { reached: null },
        ]);
        await connection.query('ROLLBACK; UNLOCK TABLES');
        expect(await database.query('SELECT COUNT(*) AS n FROM made')).toEqual([{ n: 0 }]);
      },
    );
  }

  it('the check of the fence fails while another session holds the fence', async () => {
    const { connection, name, database } = await sessionWithFence();
    await connection.query(releaseFence(name));
    const other = await database.connection();
    await other.query(takeFence(name, 0));
    expect(isFenceMissing(await rejectionOf(connection.query(checkFence(name))))).toBe(true);
  });

  it.each([
    'SELECT EXP(1000)',
    'SELECT EXP(IF(1, 1000, 0))',
    "SELECT EXP(IF(IS_USED_LOCK('theirs') <=> CONNECTION_ID(), 0, 1000))",
    "SELECT EXP(IF(GET_LOCK('theirs', 0) = 1, 1000, 0))",
    "SELECT 9223372036854775807 + 1, 'fanfold:'",
  ])(
    'the check of the fence is not blamed for another failure in its packet: %s is out of range',
    async (statement) => {
      const { connection, name } = await sessionWithFence();
      const error = await rejectionOf(connection.query(`${checkFence(name)}; ${statement}`));
      expect(error).toMatchObject({ errno: 1690 });
      expect(isFenceMissing(error)).toBe(false);
      expect(isFenceNotFree(error)).toBe(false);
    },
  );

  it('the check of the fence does not use up a SET TRANSACTION that is meant for the next transaction', async () => {
    const { connection, name } = await sessionWithFence('SET TRANSACTION READ ONLY');
    await connection.query(checkFence(name));
    expect(await rejectionOf(connection.query('INSERT INTO made VALUES (1)'))).toMatchObject({
      errno: 1792,
    });
  });

  it('the check of the fence distinguishes a busy fence from a lost one', async () => {
    const { name, database } = await sessionWithFence();
    const error = await rejectionOf((await database.connection()).query(takeFence(name, 0)));
    expect(isFenceNotFree(error)).toBe(true);
    expect(isFenceMissing(error)).toBe(false);
  });

  it.each(["it's", 'back\\slash', 'quo"te', 'new\nline', 'Größe', 'x'.repeat(64)])(
    'the check of the fence works for a database with the name %j in every sql_mode',
    async (called) => {
      const { connection } = await sessionWithFence(
        "SET sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES'",
      );
      const name = fenceName(called);
      expect(isFenceMissing(await rejectionOf(connection.query(checkFence(name))))).toBe(true);
      await connection.query(takeFence(name, 0));
      await connection.query(checkFence(name));
    },
  );
});
