import type { Connection as CallbackConnection } from 'mysql2';
import { describe, expect, it } from 'vitest';
import { knexTables } from '../../../../src/adapters/mysql/bookkeeping/knex-tables.ts';
import { PROCESS_LIST } from '../../../../src/adapters/mysql/connection/process-list.ts';
import { releaseFence, takeFence } from '../../../../src/adapters/mysql/locks/fence.ts';
import { fenceName } from '../../../../src/adapters/mysql/locks/fence-name.ts';
import { releaseInAnySession } from '../../../../src/adapters/mysql/locks/knex-lock.ts';
import { lockValueOf } from '../../../../src/adapters/mysql/locks/lock-value.ts';
import { releaseAfterLoss } from '../../../../src/adapters/mysql/locks/release-after-loss.ts';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { migrate } from '../../../support/migrating.ts';
import { bundle, migration, SHOP } from '../../../support/migrations.ts';
import { plainKnex } from '../../../support/plain-knex.ts';
import { testServer } from '../../../support/server.ts';

const isMariaDb = () => testServer().flavour === 'mariadb';

/** The connection under mysql2's promise API. */
function callbackOf(connection: object): CallbackConnection {
  return (connection as { connection: CallbackConnection }).connection;
}

/** States in which a migration can leave its session. */
const LEFT: [what: string, statements: string[]][] = [
  ['nothing', []],
  ['read-only transactions', ['SET SESSION TRANSACTION READ ONLY']],
  ['a next transaction that is read-only', ['SET TRANSACTION READ ONLY']],
  ['an open read-only transaction', ['START TRANSACTION READ ONLY', 'SELECT * FROM made']],
  ['an open transaction', ['START TRANSACTION', 'INSERT INTO made VALUES (1)']],
  ['no autocommit', ['SET autocommit = 0', 'INSERT INTO made VALUES (1)']],
  ['safe updates', ['SET sql_safe_updates = 1']],
  ['locked tables', ['LOCK TABLES made WRITE']],
  ['tables locked for reading', ['LOCK TABLES made READ']],
  ['locked tables and no autocommit', ['SET autocommit = 0', 'LOCK TABLES made WRITE']],
  ['another database', ['USE information_schema']],
  ['no database', []],
  ['an sql_mode of its own', ["SET sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT'"]],
  ['no sql_mode', ["SET sql_mode = ''"]],
  [
    'a limit on joins',
    ['SET max_join_size = 1', 'SET sql_big_selects = 0', 'SET sql_select_limit = 1'],
  ],
  ['transactions that follow one another', ['SET completion_type = 1']],
  ['commits that end the session', ['SET completion_type = 2']],
  ['serializable transactions', ['SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE']],
  ['no locks', ['SELECT RELEASE_ALL_LOCKS()']],
  ['no checks', ['SET foreign_key_checks = 0', 'SET unique_checks = 0']],
  ['a prepared statement and variables', ["PREPARE p FROM 'SELECT 1'", 'SET @a = 1']],
];

async function lockedBy(statements: readonly string[]) {
  const database = await createDatabase('release');
  await migrate(database, bundle(...SHOP.slice(0, 1)));
  await database.query('CREATE TABLE made (i INT) ENGINE = InnoDB');
  const connection = await database.multiConnection();
  const value = lockValueOf({ id: connection.threadId, user: database.user });
  await connection.query(takeFence(fenceName(database.database), 0));
  await connection.query(`UPDATE knex_migrations_lock SET is_locked = ${value}`);
  for (const statement of statements) await connection.query(statement);
  const options = {
    tables: knexTables(database.database, 'knex_migrations'),
    fence: fenceName(database.database),
    lock: { value, connectionId: connection.threadId },
  };
  return { database, connection, options };
}

async function isFree(database: TestDatabase) {
  expect(await database.query('SELECT is_locked FROM knex_migrations_lock')).toEqual([
    { is_locked: 0 },
  ]);
  expect(
    await database.query('SELECT IS_FREE_LOCK(?) AS free', [fenceName(database.database)]),
  ).toEqual([{ free: 1 }]);
}

describe('a session that a migration leaves with', () => {
  it.each(LEFT)('%s still releases the lock, and commits nothing else', async (_, statements) => {
    const { database, connection, options } = await lockedBy(statements);
    await connection.query(
      `${releaseInAnySession(options.tables, options.lock)};\n${releaseFence(options.fence)}`,
    );
    await isFree(database);
    expect(await database.query('SELECT * FROM made')).toEqual([]);
  });

  it.each(LEFT)(
    '%s in a migration, leaves nothing locked, nor plain Knex shut out',
    async (_, statements) => {
      const database = await createDatabase('release');
      await database.query('CREATE TABLE made (i INT) ENGINE = InnoDB');
      const leaves = migration(
        '20260401000000_leaves',
        async (knex) => {
          for (const statement of statements) await knex.raw(statement);
        },
        { transaction: false },
      );
      await migrate(database, bundle(leaves));
      await isFree(database);
      const rest = migration('20260402000000_rest', (knex) => knex.raw('SELECT 1'));
      const knex = plainKnex(database, bundle(leaves, rest));
      expect(
        await knex.raw('SELECT is_locked FROM knex_migrations_lock').then(([rows]) => rows),
      ).toEqual([{ is_locked: 0 }]);
    },
  );

  it('a time limit that every statement exceeds still releases the lock', async () => {
    const limit = isMariaDb() ? 'SET max_statement_time = 0.000001' : 'SET max_execution_time = 1';
    const { database, connection, options } = await lockedBy([limit]);
    await connection.query(releaseInAnySession(options.tables, options.lock));
    await connection.query(releaseFence(options.fence));
    await isFree(database);
  });

  it("another run's lock does not release that of a migration", async () => {
    const { database, connection, options } = await lockedBy([]);
    await database.query('UPDATE knex_migrations_lock SET is_locked = -5');
    await connection.query(releaseInAnySession(options.tables, options.lock));
    expect(await database.query('SELECT is_locked FROM knex_migrations_lock')).toEqual([
      { is_locked: -5 },
    ]);
  });
});

describe('a connection that is lost', () => {
  const reconnectTo =
    (database: TestDatabase) => async (work: (c: CallbackConnection) => Promise<void>) => {
      const again = await database.multiConnection();
      await work(callbackOf(again));
      again.destroy();
    };

  it.each(['killed', 'cut'])(
    'a connection that is lost releases the lock over a new connection (%s)',
    async (how) => {
      const { database, connection, options } = await lockedBy(['LOCK TABLES made WRITE']);
      if (how === 'killed') await database.query(`KILL ${connection.threadId}`);
      else connection.destroy();
      await releaseAfterLoss(callbackOf(connection), reconnectTo(database), options);
      await isFree(database);
    },
  );

  it('a connection that is lost keeps the lock while its statement still runs', async () => {
    const { database, connection, options } = await lockedBy([]);
    await database.query('INSERT INTO made VALUES (1)');
    const other = await database.multiConnection();
    await other.query('START TRANSACTION; UPDATE made SET i = 2');
    // Nobody notices that a client has vanished while its statement waits for a row.
    const update = 'UPDATE made SET i = 3';
    connection.query(`SET innodb_lock_wait_timeout = 30; ${update}`).catch(() => {});
    const isWaiting = `SELECT 1 FROM ${PROCESS_LIST} WHERE ID = ${connection.threadId} AND INFO = '${update}'`;
    while ((await database.query(isWaiting)).length === 0);
    connection.destroy();
    await releaseAfterLoss(callbackOf(connection), reconnectTo(database), options);
    expect(await database.query('SELECT is_locked FROM knex_migrations_lock')).toEqual([
      { is_locked: options.lock.value },
    ]);
    expect(await database.query(isWaiting)).toHaveLength(1);
    other.destroy();
  }, 40_000);

  it('a connection that is lost keeps a lock that another session has taken meanwhile', async () => {
    const { database, connection, options } = await lockedBy([]);
    connection.destroy();
    await database.query('UPDATE knex_migrations_lock SET is_locked = 1');
    await releaseAfterLoss(callbackOf(connection), reconnectTo(database), options);
    expect(await database.query('SELECT is_locked FROM knex_migrations_lock')).toEqual([
      { is_locked: 1 },
    ]);
  });

  it('a lost connection does not throw if no new connection can be made', async () => {
    const { connection, options } = await lockedBy([]);
    connection.destroy();
    await releaseAfterLoss(callbackOf(connection), () => Promise.reject(new Error('no')), options);
  });
});
