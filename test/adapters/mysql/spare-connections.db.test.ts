import type { Connection, RowDataPacket } from 'mysql2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { usingSpare } from '../../../src/adapters/mysql/connection/connection.ts';
import { query } from '../../../src/adapters/mysql/connection/query.ts';
import { createSpareConnections } from '../../../src/adapters/mysql/connection/spare-connections.ts';
import { createTlsChooser } from '../../../src/adapters/mysql/connection/tls.ts';
import { fenceName } from '../../../src/adapters/mysql/locks/fence-name.ts';
import { createObservedDatabases } from '../../../src/adapters/mysql/tenant-databases.ts';
import type { EncryptedLogin } from '../../../src/core/encryption/open-password.ts';
import { createMigrateTenant } from '../../../src/core/migrate/migrate-tenant.ts';
import type { ConnectionLogin, FenceOptions, TenantDatabase } from '../../../src/core/ports.ts';
import type { SchemaState } from '../../../src/core/schema-state.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { migrate, tenantOf } from '../../support/migrating.ts';
import { bundle, SHOP } from '../../support/migrations.ts';
import { testServer } from '../../support/server.ts';

const CONNECTING = { connectTimeoutMs: 3_000, tls: createTlsChooser({ mode: 'auto' }) };
const FENCE: FenceOptions = { waitSeconds: 1, lockWaitTimeoutSeconds: 5 };

/** Variables whose values no two sessions share, or no two moments, or that other tests change. */
const OF_THE_MOMENT = new Set([
  ...['pseudo_thread_id', 'timestamp', 'rand_seed1', 'rand_seed2', 'last_gtid'],
  ...['gtid_binlog_pos', 'gtid_binlog_state', 'gtid_current_pos', 'gtid_executed', 'statement_id'],
]);

/** Databases of one login, which may reach all of them. */
async function sharedLogin(count: number): Promise<ConnectionLogin[]> {
  const { host, port, user, password } = testServer();
  const databases: TestDatabase[] = [];
  for (let index = 0; index < count; index += 1) databases.push(await createDatabase('spare'));
  onTestFinished(async () => {
    for (const database of databases) await database.drop();
  });
  return databases.map(({ database }) => ({ host, port, user, password, database }));
}

/** Tenant databases that share connections, and the sessions that were used, one for each tenant. */
function sharing() {
  const sessions: number[] = [];
  const connections: Connection[] = [];
  const databases = createObservedDatabases({
    ...CONNECTING,
    sharesConnections: true,
    onConnection: async (connection) => {
      sessions.push(connection.threadId ?? 0);
      connections.push(connection);
    },
  });
  return { databases, sessions, connections };
}

const ask = (database: TenantDatabase) => database.readState();

describe('a session that has only asked', () => {
  it('serves the next tenant of the same login, in the database of that tenant', async () => {
    const logins = await sharedLogin(4);
    await migrate(logins[2] as ConnectionLogin, bundle(...SHOP));
    const { databases, sessions, connections } = sharing();
    const states = [];
    for (const login of logins) states.push(await databases.using(login, ask));
    // The second tenant shows that the login is shared, and its session is the first that is kept.
    expect(new Set(sessions).size).toBe(2);
    expect(sessions.slice(1)).toEqual(Array(3).fill(sessions[1]));
    expect(states.map(({ rows }) => rows.length)).toEqual([0, 0, SHOP.length, 0]);

    const [row] = await query<RowDataPacket[]>(
      connections[3] as Connection,
      'SELECT DATABASE() AS name',
    );
    expect(row?.name).toBe(logins[3]?.database);
  });

  it('has the variables that a new session has, in a database with a character set of its own', async () => {
    const logins = await sharedLogin(3);
    const last = logins[2] as ConnectionLogin;
    const root = await testServer().rootConnection();
    await root.query(`ALTER DATABASE \`${last.database}\` CHARACTER SET latin1`);
    const seen: { state: SchemaState; values: unknown[][] }[] = [];
    for (const { databases, connections } of [sharing(), sharing()]) {
      const isNew = seen.length === 1;
      for (const login of isNew ? [last] : logins) {
        await databases.using(login, async (database) => {
          const state = await database.readState();
          if (login !== last) return;
          const session = connections.at(-1) as Connection;
          const rows = await query<RowDataPacket[]>(session, 'SHOW SESSION VARIABLES');
          const values = rows.map(({ Variable_name: name, Value }) => [name, Value]);
          seen.push({ state, values: values.filter(([name]) => !OF_THE_MOMENT.has(name)) });
        });
      }
    }
    expect(seen[0]).toEqual(seen[1]);
    expect(seen[0]?.values).toContainEqual(['character_set_database', 'latin1']);
  });

  it.each([
    ['nothing of the tenant is recorded', null],
    ['an earlier version is recorded', new Date(0)],
  ])('migrates the next tenant, and then leaves it unlocked: %s', async (_, lastMigratedAt) => {
    const logins = await sharedLogin(4);
    const shop = bundle(...SHOP);
    const last = logins[2] as ConnectionLogin;
    for (const login of logins) {
      if (login !== last) await migrate(login, shop);
    }
    const { databases, sessions } = sharing();
    const passwords = { open: async (login: EncryptedLogin) => login.encryptedPassword };
    const attempt = createMigrateTenant({ databases, passwords });
    const request = { strict: false, allowMissing: false, lockWaitTimeoutSeconds: 2 };
    const statuses = [];
    for (const login of [...logins, last]) {
      const isHead = login !== last;
      const recorded = { lastMigratedAt, ...(isHead && { schemaVersion: shop.hash }) };
      const { status } = await attempt(
        { ...tenantOf(login), ...recorded },
        {
          runId: 'spare',
          bundle: shop,
          isRecorded: true,
          request: { command: 'migrate', ...request },
        },
      );
      statuses.push(status);
    }
    expect(statuses).toEqual(['unchanged', 'unchanged', 'migrated', 'unchanged', 'unchanged']);
    // The second session migrated the third tenant, and ended with that.
    expect(sessions[2]).toBe(sessions[1]);
    expect(sessions[3]).not.toBe(sessions[1]);
    const [rows] = await (await testServer().rootConnection()).query(
      `SELECT is_locked, IS_FREE_LOCK('${fenceName(last.database)}') AS isFree FROM \`${last.database}\`.knex_migrations_lock`,
    );
    expect(rows).toEqual([{ is_locked: 0, isFree: 1 }]);
  });

  it('is closed soon if no tenant comes', async () => {
    const logins = await sharedLogin(2);
    const { databases, sessions } = sharing();
    for (const login of logins) await databases.using(login, ask);
    const root = await testServer().rootConnection();
    await expect
      .poll(async () => {
        const [list] = await root.query<RowDataPacket[]>('SHOW PROCESSLIST');
        const ids = list.map(({ Id }) => Number(Id));
        expect(ids).not.toEqual([]);
        return ids.filter((id) => sessions.includes(id));
      })
      .toEqual([]);
  });

  it('is not kept for tenants that have users of their own', async () => {
    const tenants = [await createDatabase('own'), await createDatabase('own')];
    const { databases, sessions } = sharing();
    for (const tenant of [...tenants, ...tenants]) await databases.using(tenant, ask);
    expect(new Set(sessions).size).toBe(4);
    for (const tenant of tenants) await tenant.drop();
  });

  it('is not used with another password', async () => {
    const logins = await sharedLogin(3);
    const { databases } = sharing();
    for (const login of logins) await databases.using(login, ask);
    const wrong = { ...(logins[0] as ConnectionLogin), password: 'Wrong-passw0rd!' };
    await expect(databases.using(wrong, ask)).rejects.toMatchObject({ code: 'AccessDenied' });
  });

  it('is replaced by a new one, whose error is told, if the next database is not there', async () => {
    const logins = await sharedLogin(2);
    const { databases, sessions } = sharing();
    for (const login of logins) await databases.using(login, ask);
    const nowhere = { ...(logins[0] as ConnectionLogin), database: 'fanfold_nowhere' };
    await expect(databases.using(nowhere, ask)).rejects.toMatchObject({ code: 'DatabaseMissing' });
    await databases.using(logins[0] as ConnectionLogin, ask);
    expect(new Set(sessions).size).toBe(3);
  });

  it('is replaced by a new one if the server has ended it', async () => {
    const logins = await sharedLogin(3);
    const { databases, sessions } = sharing();
    const root = await testServer().rootConnection();
    await databases.using(logins[0] as ConnectionLogin, ask);
    await databases.using(logins[1] as ConnectionLogin, ask);
    await root.query(`KILL ${sessions[1]}`);
    await databases.using(logins[2] as ConnectionLogin, ask);
    expect(new Set(sessions).size).toBe(3);
  });
});

describe('a session that has done more than to ask', () => {
  const MORE: Record<string, (database: TenantDatabase) => Promise<unknown>> = {
    'took the fence': (database) => database.usingFence(FENCE, async () => {}),
    'took a slot of its host': (database) => database.takeHostSlot(1),
    'asked for backfills': (database) => database.readBackfills([]),
    failed: async (database) => {
      await database.readState();
      throw new Error('of the attempt');
    },
  };

  it.each(Object.entries(MORE))('is closed: it %s', async (_, more) => {
    const logins = await sharedLogin(3);
    const { databases, sessions } = sharing();
    for (const login of logins) await databases.using(login, more).catch(() => {});
    expect(new Set(sessions).size).toBe(3);
  });
});

it('a session is not kept for a user who logs in by IAM', async () => {
  const spares = createSpareConnections();
  const logins = await sharedLogin(3);
  const seen = new Set<number | null>();
  for (const login of logins) {
    await usingSpare(
      login,
      { ...CONNECTING, spares },
      {
        isSpare: () => true,
        work: async ({ threadId }) => seen.add(threadId),
      },
    );
    expect(await spares.take({ ...login, auth: 'iam' }, 1_000)).toBeUndefined();
  }
  expect(seen.size).toBe(2);
});
