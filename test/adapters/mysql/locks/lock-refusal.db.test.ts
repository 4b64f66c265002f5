import type { Connection } from 'mysql2/promise';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockValueOf } from '../../../../src/adapters/mysql/locks/lock-value.ts';
import { createDatabase, type TestDatabase } from '../../../support/database.ts';
import { migrate } from '../../../support/migrating.ts';
import { bundle, SHOP } from '../../../support/migrations.ts';
import { type OwnServer, ownServerFolder, startOwnServer } from '../../../support/own-server.ts';
import { plainKnex } from '../../../support/plain-knex.ts';
import { testServer } from '../../../support/server.ts';

const QUICK = { lockWaitTimeoutSeconds: 1, fenceWaitSeconds: 0 };

/** Kinds of databases: one that Fanfold has migrated, one of plain Knex, and an empty one. */
const KNOWN: [what: string, applied: number | 'plain'][] = [
  ['a database that Fanfold knows', 1],
  ['a database of plain Knex', 'plain'],
];

async function databaseWith(applied: number | 'plain'): Promise<TestDatabase> {
  const database = await createDatabase('refusal');
  if (applied === 'plain') {
    await plainKnex(database, bundle(...SHOP.slice(0, 1))).migrate.latest();
  } else {
    await migrate(database, bundle(...SHOP.slice(0, applied)));
  }
  return database;
}

describe.each(KNOWN)('%s, while another session', (_, applied) => {
  it("a run is busy with a migration while another session holds the row of Knex's lock in a transaction", async () => {
    const database = await databaseWith(applied);
    const other = await database.connection();
    await other.query('BEGIN');
    await other.query('UPDATE knex_migrations_lock SET is_locked = 1 WHERE is_locked = 0');
    expect(await migrate(database, bundle(...SHOP), QUICK)).toMatchObject({
      failure: {
        code: 'TenantBusy',
        retryable: true,
        message: expect.stringMatching(new RegExp(`open transaction.*${other.threadId}`)),
      },
    });
    await other.query('ROLLBACK');
    expect(await migrate(database, bundle(...SHOP))).toMatchObject({ status: 'migrated' });
  });

  it.each([
    'knex_migrations_lock READ',
    'knex_migrations_lock WRITE',
    'knex_migrations_lock WRITE, knex_migrations READ',
  ])(
    'a migration that waits for LOCK TABLES %s of another session is reported as such, without a word about plain Knex',
    async (tables) => {
      const database = await databaseWith(applied);
      const other = await database.connection();
      await other.query(`LOCK TABLES ${tables}`);
      const attempt = await migrate(database, bundle(...SHOP), QUICK);
      expect(attempt).toMatchObject({
        failure: {
          code: 'LockWaitTimeout',
          retryable: true,
          message: expect.stringMatching(/locked.*Nothing was changed/),
        },
      });
      expect(JSON.stringify(attempt)).not.toMatch(/plain Knex is migrating|is_locked = 0/);
      await other.query('UNLOCK TABLES');
      expect(await migrate(database, bundle(...SHOP))).toMatchObject({ status: 'migrated' });
      expect(await database.query('SELECT is_locked FROM knex_migrations_lock')).toEqual([
        { is_locked: 0 },
      ]);
    },
  );
});

describe('a user without privileges on the migration tables', () => {
  it.each([
    ['UPDATE', 'complete'],
    ['CREATE', 'missing'],
  ])(
    'a user without privileges on the migration tables gets an error about the missing %s before anything is changed',
    async (privilege, tables) => {
      const database = await databaseWith(tables === 'complete' ? 1 : 'plain');
      const root = await testServer().rootConnection();
      const scope = `\`${database.database.replaceAll('_', '\\_')}\`.*`;
      await root.query(`REVOKE ${privilege} ON ${scope} FROM '${database.user}'@'%'`);
      const attempt = await migrate(database, bundle(...SHOP), QUICK);
      expect(attempt).toMatchObject({
        failure: {
          code: 'PrivilegeMissing',
          retryable: false,
          message: expect.stringMatching(new RegExp(`${privilege} command denied`)),
        },
      });
      await root.query(`GRANT ${privilege} ON ${scope} TO '${database.user}'@'%'`);
      expect(await database.query('SELECT is_locked FROM knex_migrations_lock')).toEqual([
        { is_locked: 0 },
      ]);
      expect(await migrate(database, bundle(...SHOP))).toMatchObject({ status: 'migrated' });
    },
  );
});

/** States of a whole server, which would affect other tests. */
describe.skipIf(ownServerFolder() === undefined)('a server', () => {
  let server: OwnServer;
  let root: Connection;
  let count = 0;

  beforeAll(async () => {
    server = await startOwnServer();
    root = await server.connection();
  }, 120_000);
  afterAll(async () => {
    root?.destroy();
    await server?.stop();
  });

  async function tenant() {
    const name = `tenant${++count}`;
    await root.query(`CREATE DATABASE ${name}`);
    await root.query(`CREATE USER ${name} IDENTIFIED BY 'x'`);
    await root.query(`GRANT ALL ON ${name}.* TO ${name}`);
    const { host, port } = server;
    const login = { host, port, user: name, password: 'x', database: name };
    await migrate(login, bundle(...SHOP.slice(0, 1)));
    return login;
  }

  it.each([
    ['FLUSH TABLES WITH READ LOCK', 'UNLOCK TABLES'],
    ['FLUSH TABLES {}.knex_migrations_lock WITH READ LOCK', 'UNLOCK TABLES'],
    ['LOCK TABLES {}.knex_migrations_lock WRITE', 'UNLOCK TABLES'],
  ])(
    'a server under %s is reported as locked by that, and not by plain Knex',
    async (lock, unlock) => {
      const login = await tenant();
      await root.query(lock.replace('{}', login.database));
      const attempt = await migrate(login, bundle(...SHOP), QUICK);
      await root.query(unlock);
      expect(attempt).toMatchObject({ failure: { code: 'LockWaitTimeout', retryable: true } });
      expect(JSON.stringify(attempt)).not.toMatch(/plain Knex is migrating|is_locked = 0/);
      expect(await migrate(login, bundle(...SHOP), QUICK)).toMatchObject({ status: 'migrated' });
    },
  );

  it('a server under FLUSH TABLES WITH READ LOCK is reported as not writable', async () => {
    const login = await tenant();
    await root.query('FLUSH TABLES WITH READ LOCK');
    const attempt = await migrate(login, bundle(...SHOP), QUICK);
    await root.query('UNLOCK TABLES');
    expect(attempt).toMatchObject({
      failure: { message: expect.stringContaining('FLUSH TABLES WITH READ LOCK') },
    });
  });

  it('a server under FLUSH TABLES WITH READ LOCK still shows a row that plain Knex holds', async () => {
    const login = await tenant();
    const knexLike = await createConnection(login);
    await knexLike.query('BEGIN');
    await knexLike.query('UPDATE knex_migrations_lock SET is_locked = 1');
    const attempt = await migrate(login, bundle(...SHOP), QUICK);
    knexLike.destroy();
    expect(attempt).toMatchObject({ failure: { code: 'TenantBusy' } });
  });

  it.each([
    ['read_only', ['SET GLOBAL read_only = 1'], ['SET GLOBAL read_only = 0']],
    [
      'read-only transactions by default',
      ['SET GLOBAL transaction_read_only = 1'],
      ['SET GLOBAL transaction_read_only = 0'],
    ],
  ])('a server with %s is neither written to nor left locked', async (name, on, off) => {
    const login = await tenant();
    const variable =
      testServer().flavour === 'mariadb' && name !== 'read_only' ? 'tx_read_only' : '';
    const run = async (statements: readonly string[]) => {
      for (const each of statements)
        await root.query(variable === '' ? each : each.replace('transaction_read_only', variable));
    };
    await run(on);
    const attempt = await migrate(login, bundle(...SHOP), QUICK);
    await run(off);
    // A session with read-only transactions fails in the migration, as under plain Knex.
    expect(attempt).toMatchObject({
      failure: { code: expect.stringMatching(/ServerReadOnly|StatementFailed/) },
    });
    if (name === 'read_only')
      expect(attempt).toMatchObject({ failure: { code: 'ServerReadOnly', retryable: true } });
    const connection = await createConnection(login);
    const [rows] = await connection.query('SELECT is_locked FROM knex_migrations_lock');
    connection.destroy();
    expect(rows).toEqual([{ is_locked: 0 }]);
    await migrate(login, bundle(...SHOP), QUICK);
  });

  it.each([
    'sql_safe_updates = 1',
    'autocommit = 0',
    'completion_type = 1',
    'completion_type = 2',
    "sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES'",
    "sql_mode = ''",
    'max_join_size = 100000',
    'innodb_lock_wait_timeout = 1',
    "character_set_server = 'latin1'",
  ])(
    'a server with SET GLOBAL %s takes a free lock, clears a stale one and gives both back',
    async (setting) => {
      const login = await tenant();
      const [name = ''] = setting.split(' ');
      await root.query(`SET GLOBAL ${setting}`);
      try {
        expect(await migrate(login, bundle(...SHOP.slice(0, 2)), QUICK)).toMatchObject({
          status: 'migrated',
          notes: [],
        });
        const value = lockValueOf({ id: 16_383, user: login.user });
        await root.query(`UPDATE ${login.database}.knex_migrations_lock SET is_locked = ${value}`);
        expect(await migrate(login, bundle(...SHOP), QUICK)).toMatchObject({
          status: 'migrated',
          notes: [{ code: 'StaleLockCleared' }],
        });
        expect(
          (await root.query(`SELECT is_locked FROM ${login.database}.knex_migrations_lock`))[0],
        ).toEqual([{ is_locked: 0 }]);
      } finally {
        await root.query(`SET GLOBAL ${name} = DEFAULT`);
      }
    },
  );
});
