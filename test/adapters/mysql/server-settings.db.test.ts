import knexFactory, { type Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateCentralLatest } from '../../../src/adapters/knex/central-migrations.ts';
import { migrate } from '../../support/migrating.ts';
import { bundle, migration } from '../../support/migrations.ts';
import { type OwnServer, ownServerFolder, startOwnServer } from '../../support/own-server.ts';
import { testServer } from '../../support/server.ts';

/** Settings that a server's operator may have chosen. They are set for all new sessions. */
const SETTINGS: Readonly<Record<string, string>> = {
  none: 'max_connections = 151',
  'a time zone': "time_zone = '-05:00'",
  'no large selects': 'sql_big_selects = 0',
  'a low limit of joined rows': 'max_join_size = 50',
  'a character set by init_connect': "init_connect = 'SET NAMES latin1'",
  'commits that begin a transaction': "completion_type = 'CHAIN'",
  'commits that end the session': "completion_type = 'RELEASE'",
  'no autocommit': 'autocommit = 0',
  'updates by key only': 'sql_safe_updates = 1',
  'null for the last id': 'sql_auto_is_null = 1',
  'tables with a primary key only': 'sql_require_primary_key = 1',
  'serialized transactions': "transaction_isolation = 'SERIALIZABLE'",
  'serialized transactions, as MariaDB names them': "tx_isolation = 'SERIALIZABLE'",
  'uncommitted reads': "transaction_isolation = 'READ-UNCOMMITTED'",
  'uncommitted reads, as MariaDB names them': "tx_isolation = 'READ-UNCOMMITTED'",
  'transactions that only read': 'transaction_read_only = 1',
  'transactions that only read, as MariaDB names them': 'tx_read_only = 1',
  'no strict mode': "sql_mode = ''",
  'quotes as ANSI has them': "sql_mode = 'ANSI'",
  'small packets': 'max_allowed_packet = 65536',
  'foreign keys that are not checked': 'foreign_key_checks = 0',
  'short waits': 'lock_wait_timeout = 1, GLOBAL innodb_lock_wait_timeout = 1',
};

/**
 * Settings under which plain Knex's own bookkeeping fails, but not Fanfold's: Knex's lock is an
 * UPDATE without a key, its record is in no transaction, and its sessions end with each COMMIT.
 */
const BEYOND_PLAIN_KNEX: readonly string[] = [
  'sql_safe_updates = 1',
  'autocommit = 0',
  "completion_type = 'CHAIN'",
  "completion_type = 'RELEASE'",
];

/** ER_UPDATE_WITHOUT_KEY_IN_SAFE_MODE */
const UPDATE_WITHOUT_KEY = 1175;

const ROWS = 60;

/** Steps of a migration that such settings affect or forbid. */
async function steps(knex: Knex, seen: unknown[]): Promise<void> {
  const look = async (query: PromiseLike<unknown>): Promise<void> => {
    try {
      seen.push(await query);
    } catch (error) {
      seen.push((error as { errno?: number; message: string }).errno ?? String(error));
    }
  };
  await knex.raw(
    'CREATE TABLE times (id int PRIMARY KEY, ts timestamp NULL, at datetime NULL, name varchar(50))',
  );
  await knex('times').insert(
    Array.from({ length: ROWS }, (_, id) => ({
      id,
      ts: new Date('2026-07-01T12:00:00Z'),
      name: `é ${id}`,
    })),
  );
  await look(
    knex
      .raw('UPDATE times SET at = FROM_UNIXTIME(86400) WHERE id < 5')
      .then(([{ affectedRows }]) => affectedRows),
  );
  await look(knex.raw("UPDATE times SET name = 'all'").then(([{ affectedRows }]) => affectedRows));
  await knex.raw('ALTER TABLE times MODIFY ts datetime NULL');
  await look(knex('times').where('id', '<', 3).orderBy('id'));
  await look(
    knex
      .raw('SELECT COUNT(*) AS n FROM times a JOIN times b ON a.name = b.name')
      .then(([rows]) => rows),
  );
  await look(knex.raw('CREATE TABLE keyless (a int)').then(() => 'made'));
  await look(knex.raw('SELECT "id" AS quoted FROM times WHERE id = 1').then(([rows]) => rows));
  await look(
    knex
      .raw(
        'SELECT @@time_zone AS zone, @@autocommit AS autocommit, @@sql_safe_updates AS safe, @@sql_big_selects AS big, @@sql_mode AS mode, @@character_set_client AS charset, @@foreign_key_checks AS fk',
      )
      .then(([rows]) => rows),
  );
}

const hasServer = ownServerFolder() !== undefined;

describe.runIf(hasServer)('a server with unusual settings', () => {
  let server: OwnServer;
  beforeAll(async () => {
    server = await startOwnServer();
  }, 120_000);
  afterAll(() => server?.stop());

  describe.each(Object.entries(SETTINGS))('%s', (_, setting) => {
    it.each([true, false])(
      'a server with unusual settings affects migrations as it does under plain Knex, transaction: %s',
      async (transaction) => {
        const restore = await setGlobally(server, setting);
        if (restore === undefined) return;
        try {
          const plain = await tryOut('plain', transaction);
          const ours = await tryOut('ours', transaction);
          if (BEYOND_PLAIN_KNEX.includes(setting)) {
            expect(ours.ended).toBe('well');
            expect(ours.recorded).toHaveLength(2);
            const isSafe = setting === 'sql_safe_updates = 1';
            if (isSafe) expect(ours.seen).toContain(UPDATE_WITHOUT_KEY);
            return;
          }
          expect(ours.ended).toBe(plain.ended);
          expect(ours.seen).toEqual(plain.seen);
          expect(ours.tables).toEqual(plain.tables);
          expect(ours.recorded).toEqual(plain.recorded);
        } finally {
          await restore();
        }
      },
      60_000,
    );
  });

  it.each(['sql_safe_updates = 1', 'autocommit = 0', "completion_type = 'RELEASE'"])(
    'a server with unusual settings allows the central migrations with %s',
    async (setting) => {
      const restore = await setGlobally(server, setting);
      try {
        const login = await ownDatabase(server);
        expect((await migrateCentralLatest({ login })).length).toBeGreaterThan(0);
        expect(await migrateCentralLatest({ login })).toEqual([]);
      } finally {
        await restore?.();
      }
    },
    60_000,
  );

  async function tryOut(by: 'plain' | 'ours', transaction: boolean) {
    const login = await ownDatabase(server);
    const seen: unknown[][] = [];
    const stop = { after: by === 'ours' };
    const all = bundle(
      migration(
        '20260101000000_settings',
        async (knex) => {
          const found: unknown[] = [];
          seen.push(found);
          await steps(knex, found);
          if (stop.after) throw new Error('stopped');
        },
        { transaction },
      ),
      migration('20260102000000_next', (knex) =>
        knex.raw('CREATE TABLE next (id int PRIMARY KEY)'),
      ),
    );
    let ended = 'well';
    if (by === 'plain') {
      const knex = knexFactory({
        client: 'mysql2',
        connection: login,
        log: { warn() {}, error() {} },
      });
      const migrationSource: Knex.MigrationSource<(typeof all.migrations)[number]> = {
        getMigrations: async () => [...all.migrations],
        getMigrationName: ({ id, extension }) => id + extension,
        getMigration: async (each) => (await each.load()) as Knex.Migration,
      };
      await knex.migrate.latest({ migrationSource }).catch(() => {
        ended = 'badly';
      });
      await knex.destroy();
    } else {
      await migrate(login, all);
      stop.after = false;
      const resumed = await migrate(login, all);
      if (resumed.status !== 'migrated') ended = 'badly';
      // The replayed answers equal those of the first attempt.
      if (ended === 'well') expect(seen.at(-1)).toEqual(seen[0]);
    }
    const root = await server.connection(login.database);
    const tables: unknown[] = [];
    for (const table of ['times', 'next', 'keyless']) {
      tables.push(
        await root.query(`SHOW CREATE TABLE ${table}`).then(
          ([rows]) => rows,
          () => 'missing',
        ),
      );
      tables.push(
        await root.query({ sql: `SELECT * FROM ${table}`, dateStrings: true }).then(
          ([rows]) => rows,
          () => 'missing',
        ),
      );
    }
    const recorded = await root.query('SELECT name FROM knex_migrations ORDER BY id').then(
      ([rows]) => rows,
      () => 'none',
    );
    await root.end();
    return { ended, seen: JSON.parse(JSON.stringify(seen.at(-1) ?? null)), tables, recorded };
  }
});

let databases = 0;

/** A database on the server with a separate user: global settings do not apply to users with all privileges. */
async function ownDatabase(server: OwnServer) {
  const root = await server.connection();
  const database = `own_${process.pid}_${databases++}`;
  await root.query('SET SESSION autocommit = 1, sql_safe_updates = 0, completion_type = 0');
  await root.query('SET SESSION TRANSACTION READ WRITE');
  await root.query(`CREATE DATABASE ${database}`);
  await root.query(`CREATE USER ${database} IDENTIFIED BY 'secret'`);
  await root.query(`GRANT ALL ON ${database}.* TO ${database}`);
  await root.end();
  return { host: server.host, port: server.port, database, user: database, password: 'secret' };
}

/** Sets a variable for new sessions and returns the reverse; `undefined` if this server does not have it. */
async function setGlobally(server: OwnServer, setting: string) {
  const [name = ''] = setting.split(' ', 1);
  const names = [name, ...[...setting.matchAll(/GLOBAL (\w+)/g)].map(([, each]) => each ?? '')];
  const root = await server.connection();
  try {
    await root.query(`SET GLOBAL ${setting}`);
  } catch {
    return undefined;
  } finally {
    await root.end();
  }
  return async () => {
    const again = await server.connection();
    for (const each of names) await again.query(`SET GLOBAL ${each} = DEFAULT`);
    await again.end();
  };
}

/** Fails with a reason if the file runs without a server. */
it('the tests of server settings have a separate server', () => {
  expect(testServer().flavour).toMatch(/mariadb|mysql/);
});
