import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection, QueryValues, RowDataPacket } from 'mysql2/promise';
import { createConnection } from 'mysql2/promise';
import { afterAll } from 'vitest';
import { ERRNO } from '../../src/adapters/server/errno.ts';
import { killSessions, shownSessions } from './process-list.ts';
import { testServer } from './server.ts';

/** A database of a test's own, with a user who may do everything in it and nothing elsewhere. */
export interface TestDatabase {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** `mysql://user:password@host:port/database`. */
  readonly url: string;
  /** A new connection as the user. It is closed after the test file at the latest. */
  connection(): Promise<Connection>;
  /** The same, which takes several statements in one query. */
  multiConnection(): Promise<Connection>;
  /** The rows of one query as the user, sent over a connection of its own. */
  query(sql: string, values?: QueryValues): Promise<Record<string, unknown>[]>;
  /** Closes what `connection()` opened, and returns when the server has no session of the user. */
  closeConnections(): Promise<void>;
  /** Grants the user more, for example `PROCESS ON *.*`. */
  grant(privileges: string): Promise<void>;
  /** Lets the user have so many connections at a time. */
  limitConnections(count: number): Promise<void>;
  /** Removes database and user. Happens after the test file at the latest. */
  drop(): Promise<void>;
}

const databases = new Set<TestDatabase>();

/**
 * Creates a database and its user; `prefix` makes both easy to tell in a list.
 *
 * @param password '' for a user without one, as a front that checks logins itself needs it
 */
export async function createDatabase(
  prefix: string,
  password = randomBytes(12).toString('base64url'),
): Promise<TestDatabase> {
  const { host, port } = testServer();
  const suffix = randomBytes(6).toString('hex');
  const name = `ff_${prefix}_${suffix}`;
  // A user's name has at most 32 characters.
  const user = `ff_${prefix.slice(0, 16)}_${suffix}`;
  const account = `'${user}'@'%'`;
  await asRoot(
    `CREATE DATABASE \`${name}\``,
    `CREATE USER ${account} IDENTIFIED BY '${password}'`,
    // An underscore would stand for any character here.
    `GRANT ALL ON \`${name.replaceAll('_', '\\_')}\`.* TO ${account}`,
  );

  const login = { host, port, database: name, user, password };
  const open = new Set<Connection>();
  const connect = async (options = {}) => {
    const connection = await createConnection({ ...login, ...options });
    open.add(connection);
    return connection;
  };
  const database: TestDatabase = {
    ...login,
    url: `mysql://${user}:${password}@${host}:${port}/${name}`,
    connection: () => connect(),
    multiConnection: () => connect({ multipleStatements: true }),
    query: async (sql, values) => {
      const connection = await createConnection(login);
      try {
        const [rows] = await connection.query<RowDataPacket[]>(sql, values);
        return Array.isArray(rows) ? rows : [];
      } finally {
        await connection.end();
      }
    },
    closeConnections: async () => {
      for (const connection of open) connection.destroy();
      open.clear();
      await noSessionsOf(user);
    },
    grant: (privileges) => asRoot(`GRANT ${privileges} TO ${account}`),
    limitConnections: (count) =>
      asRoot(`ALTER USER ${account} WITH MAX_USER_CONNECTIONS ${Math.trunc(count)}`),
    drop: async () => {
      databases.delete(database);
      for (const connection of open) connection.destroy();
      await dropDatabase(name, user);
      await asRoot(`DROP USER IF EXISTS ${account}`);
    },
  };
  databases.add(database);
  return database;
}

async function asRoot(...statements: readonly string[]): Promise<void> {
  const root = await testServer().rootConnection();
  try {
    for (const statement of statements) await root.query(statement);
  } finally {
    await root.end();
  }
}

/** Drops a database; sessions that a failed test has left, and that hold its tables, are ended for that. */
async function dropDatabase(name: string, user: string): Promise<void> {
  const root = await testServer().rootConnection();
  try {
    const drop = `DROP DATABASE IF EXISTS \`${name}\``;
    await root.query('SET lock_wait_timeout = 1');
    await root.query(drop).catch(async (error: { errno?: number }) => {
      if (error.errno !== ERRNO.ER_LOCK_WAIT_TIMEOUT) throw error;
      await killSessions(root, { where: 'DB = ? OR USER = ?', values: [name, user] });
      await root.query('SET lock_wait_timeout = 50');
      await root.query(drop);
    });
  } finally {
    await root.end();
  }
}

async function noSessionsOf(user: string): Promise<void> {
  const root = await testServer().rootConnection();
  try {
    while ((await shownSessions(root, { where: 'USER = ?', values: [user] })).length > 0) {
      await delay(10);
    }
  } finally {
    await root.end();
  }
}

// Every test file has its own copy of this module.
afterAll(async () => {
  for (const database of databases) await database.drop();
});
