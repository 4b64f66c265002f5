import { type Connection, escapeId, escape as quote, type RowDataPacket } from 'mysql2';
import type { ErrorCode } from '../../core/error-codes.ts';
import { FanfoldError } from '../../core/errors.ts';
import { DATABASE_PRIVILEGES } from '../../core/provision/database-privileges.ts';
import type {
  Account,
  AdminLogin,
  DatabaseServer,
  DatabaseServers,
} from '../../core/provision/database-server.ts';
import type { ServerAddress } from '../../core/tenant.ts';
import { ERRNO } from '../server/errno.ts';
import { isServerError } from '../server/server-error.ts';
import { explainAdminConnect, explainAdminQuery } from './accounts/admin-error.ts';
import { createIamUser } from './accounts/create-iam-user.ts';
import { withNativePassword } from './accounts/native-password.ts';
import { listAccounts, setPassword } from './accounts/set-password.ts';
import { acceptBoth, acceptOnly } from './accounts/two-passwords.ts';
import { type ConnectionOptions, usingConnection } from './connection/connection.ts';
import { query } from './connection/query.ts';
import { readServerFlavour } from './connection/read-server-flavour.ts';
import { freeKnexLock } from './locks/free-knex-lock.ts';
import { dropOnlineWork } from './online/drop-online-work.ts';
import { remakeDatabase } from './remake-database.ts';

/** The time to wait for another provisioning of the same tenant, which holds the lock only briefly. */
const LOCK_SECONDS = 30;

/** The codes of a login that the server refuses, for any reason: user, password, host, locked, expired. */
const REFUSED = new Set<ErrorCode>([
  'AccessDenied',
  'IamAccessDenied',
  'HostNotAllowed',
  'AccountLocked',
]);

export interface DatabaseServersOptions extends ConnectionOptions {
  /** Knex's `tableName`, `knex_migrations` by default. */
  readonly tableName?: string | undefined;
}

/** Administrators' access to MySQL and MariaDB servers. */
export function createDatabaseServers(options: DatabaseServersOptions): DatabaseServers {
  return {
    async using(address, login, work) {
      const connected: { yet?: true } = {};
      try {
        return await usingConnection(
          withoutDatabase(address, login),
          options,
          async (connection) => {
            connected.yet = true;
            // mysql2's quoting needs backslash escapes, and double quotes that do not enclose identifiers.
            await query(connection, "SET SESSION sql_mode = '', lock_wait_timeout = 30");
            return work(databaseServer(connection, options.tableName ?? 'knex_migrations'));
          },
        );
      } catch (error) {
        throw connected.yet === true
          ? explainAdminQuery(error, address)
          : explainAdminConnect(error, address, login);
      }
    },
    accepts: async (address, login) => (await accountOf(address, login, options)) !== undefined,
    accountOf: (address, login) => accountOf(address, login, options),
  };
}

async function accountOf(
  address: ServerAddress,
  login: AdminLogin,
  options: ConnectionOptions,
): Promise<Account | undefined> {
  try {
    return await usingConnection(withoutDatabase(address, login), options, async (connection) => {
      const [row] = await query<RowDataPacket[]>(connection, 'SELECT CURRENT_USER() AS account');
      const account = String(row?.account);
      // A user name may contain an @, a host cannot.
      const at = account.lastIndexOf('@');
      return { user: account.slice(0, at), from: account.slice(at + 1) };
    });
  } catch (error) {
    if (error instanceof FanfoldError && REFUSED.has(error.code)) return undefined;
    throw error;
  }
}

function withoutDatabase({ host, port }: ServerAddress, { user, password, auth }: AdminLogin) {
  return { host, port, user, password, auth, database: '' };
}

function databaseServer(connection: Connection, tableName: string): DatabaseServer {
  const run = (sql: string) => query(connection, sql);
  const createDatabase: DatabaseServer['createDatabase'] = (name, collation) =>
    succeedsUnless(ERRNO.ER_DB_CREATE_EXISTS, () =>
      run(
        `CREATE DATABASE ${escapeId(name, true)} CHARACTER SET utf8mb4${collation === undefined ? '' : ` COLLATE ${escapeId(collation, true)}`}`,
      ),
    );
  async function locked<Result>(name: string, seconds: number, work: () => Promise<Result>) {
    const [row] = await query<RowDataPacket[]>(connection, 'SELECT GET_LOCK(?, ?) AS taken', [
      name,
      seconds,
    ]);
    if (row?.taken !== 1) return undefined;
    try {
      return { result: await work() };
    } finally {
      // If the connection is lost, the server has already released the lock.
      await query(connection, 'DO RELEASE_LOCK(?)', [name]).catch(() => {});
    }
  }
  return {
    async withLock(name, work) {
      const done = await locked(name, LOCK_SECONDS, work);
      if (done === undefined) throw lockBusy();
      return done.result;
    },

    ifUnlocked: async (name, work) => (await locked(name, 0, work))?.result,

    createAccount: (account, { password, auth, requireTls }) =>
      succeedsUnless(ERRNO.ER_CANNOT_USER, async () => {
        if (auth === 'iam') return run(createIamUser(accountText(account)));
        const create = (identified: string) =>
          run(
            `CREATE USER ${accountText(account)} IDENTIFIED ${identified} REQUIRE ${requireTls ? 'SSL' : 'NONE'}`,
          );
        const { isMariaDb } = await readServerFlavour(connection);
        // MySQL does not write passwords into its logs.
        return isMariaDb
          ? withNativePassword((native) => create(`VIA ${native(password)}`))
          : create(`BY ${quote(password)}`);
      }),

    async dropAccount(account) {
      await run(`DROP USER IF EXISTS ${accountText(account)}`);
    },

    listAccounts: (user) => listAccounts(connection, user),
    setPassword: (account, password) =>
      setPassword(connection, account, accountText(account), password),
    freeKnexLock: (database) => freeKnexLock(connection, database, tableName),
    dropOnlineWork: (database) => dropOnlineWork(connection, database),

    acceptBoth: (account, passwords) => acceptBoth(connection, accountText(account), passwords),
    acceptOnly: (account, password) => acceptOnly(connection, accountText(account), password),

    async listDatabases(prefix) {
      const rows = await query<RowDataPacket[]>(
        connection,
        'SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE LEFT(SCHEMA_NAME, ?) = ? ORDER BY 1',
        [prefix.length, prefix],
      );
      return rows.map(({ name }) => String(name));
    },

    async findDatabase(name) {
      const [schema] = await query<RowDataPacket[]>(
        connection,
        'SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?',
        [name],
      );
      if (schema === undefined) return undefined;
      const [row] = await query<RowDataPacket[]>(
        connection,
        'SELECT COUNT(*) AS tables, COALESCE(SUM(TABLE_NAME = ?), 0) AS ours FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?',
        [tableName, name],
      );
      return { tables: Number(row?.tables), hasMigrationTable: Number(row?.ours) > 0 };
    },

    createDatabase,
    remakeDatabase: (name, collation) =>
      remakeDatabase(connection, name, () => createDatabase(name, collation)),

    async dropDatabase(name) {
      await run(`DROP DATABASE IF EXISTS ${escapeId(name, true)}`);
    },

    async grant(account, database, privileges) {
      const schema = escapeId(await asGrantPattern(connection, database), true);
      const names = byName(privileges).join(', ');
      await run(`GRANT ${names} ON ${schema}.* TO ${accountText(account)}`);
    },
  };
}

function accountText({ user, from }: Account): string {
  return `${quote(user)}@${quote(from)}`;
}

/**
 * Replaces `ALL` by the names of {@link DATABASE_PRIVILEGES}. The server's own ALL grows with each version,
 * and fails if the administrator lacks one of its privileges.
 */
function byName(privileges: readonly string[]): string[] {
  return privileges.flatMap((name) => (name === 'ALL' ? DATABASE_PRIVILEGES : [name]));
}

/** Whether a statement succeeds; `false` if the server answers with `errno`, for something that already exists. */
async function succeedsUnless(errno: number, work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (isServerError(error) && error.errno === errno) return false;
    throw error;
  }
}

/**
 * The database's name as a pattern for GRANT, in which an underscore matches any character and a percent
 * sign any number of them: `acme_db` would grant access to `acmexdb` too. With partial_revokes, MySQL takes
 * the name literally, including backslashes.
 */
async function asGrantPattern(connection: Connection, database: string): Promise<string> {
  const rows = await query<RowDataPacket[]>(connection, "SHOW VARIABLES LIKE 'partial\\_revokes'");
  const isLiteral = rows.some(({ Value }) => Value === 'ON');
  return isLiteral ? database : database.replaceAll(/[\\_%]/g, '\\$&');
}

function lockBusy(): FanfoldError {
  return new FanfoldError(
    'TenantBusy',
    `Another provisioning of this tenant has been running on its server for ${LOCK_SECONDS} seconds.`,
    {
      fault: 'tenant',
      retryable: true,
      nextStep: 'Wait until it ends, then run the command again.',
    },
  );
}
