import type { Connection, RowDataPacket } from 'mysql2';
import type { DatabaseFacts, InspectDatabase } from '../../core/doctor/database-facts.ts';
import type { ConnectionLogin } from '../../core/ports.ts';
import { grantedPrivileges } from './accounts/granted-privileges.ts';
import { bookkeepingError } from './bookkeeping/bookkeeping-error.ts';
import { knexTables } from './bookkeeping/knex-tables.ts';
import { readState } from './bookkeeping/read-state.ts';
import { usingConnection } from './connection/connection.ts';
import { query } from './connection/query.ts';
import { describeSession, findSession } from './connection/sessions.ts';
import { isLoopback } from './connection/tls.ts';
import { fenceName } from './locks/fence-name.ts';
import { readKnexLock } from './locks/knex-lock.ts';
import type { TenantDatabasesOptions } from './tenant-databases.ts';

/**
 * Makes the function that looks at one database over one connection: three packets to the server
 * (its variables, the migration tables, Knex's lock), two more where a lock is held.
 */
export function createInspectDatabase(
  options: Pick<TenantDatabasesOptions, 'connectTimeoutMs' | 'tls' | 'tableName'>,
): InspectDatabase {
  const { tableName = 'knex_migrations' } = options;
  return (login) =>
    usingConnection(login, options, async (connection) => {
      try {
        return await inspect(connection, login, tableName);
      } catch (error) {
        throw bookkeepingError(error, login);
      }
    });
}

async function inspect(
  connection: Connection,
  login: ConnectionLogin,
  tableName: string,
): Promise<DatabaseFacts> {
  const tables = knexTables(login.database, tableName);
  const { facts, holderId, existing } = await readServer(connection, login, tableName);
  const state = await readState(connection, tables);
  const lock = `${tableName}_lock`;
  return {
    ...facts,
    state,
    hasJournal: existing.has('fanfold_journal'),
    knexLock: existing.has(lock)
      ? await readKnexLock(connection, tables)
      : { state: 'free', unlock: '' },
    fenceHolder: holderId === null ? null : await describeHolder(connection, holderId),
  };
}

async function describeHolder(connection: Connection, id: number): Promise<string> {
  const holder = await findSession(connection, id);
  return holder === undefined
    ? `connection ${id}, hidden from this login`
    : describeSession(holder);
}

interface VariablesRow extends RowDataPacket {
  readonly version: string;
  readonly comment: string;
  readonly sqlMode: string;
  readonly most: number;
  readonly mostOfUser: number;
  readonly openOfUser: number;
  readonly readOnly: string | number;
  readonly holderId: number | null;
}

/** `@@innodb_read_only` is what readers of Aurora have set. Sessions of one's own user are always visible. */
const VARIABLES = `SELECT VERSION() AS version, @@version_comment AS comment, @@sql_mode AS sqlMode,
  @@max_connections AS most, @@max_user_connections AS mostOfUser,
  (SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER = SUBSTRING_INDEX(USER(), '@', 1)) AS openOfUser,
  IF(@@innodb_read_only, 1, @@read_only) AS readOnly, IS_USED_LOCK(?) AS holderId`;
const TABLES =
  'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (?)';

async function readServer(
  connection: Connection,
  { host, database }: ConnectionLogin,
  tableName: string,
) {
  const [variables, encryption, threads, grants, tables] = await query<
    [VariablesRow[], RowDataPacket[], RowDataPacket[], RowDataPacket[], RowDataPacket[]]
  >(
    connection,
    [
      VARIABLES,
      "SHOW SESSION STATUS LIKE 'Ssl_version'",
      "SHOW GLOBAL STATUS LIKE 'Threads_connected'",
      'SHOW GRANTS',
      TABLES,
    ].join(';\n'),
    [fenceName(database), [tableName, `${tableName}_lock`, 'fanfold_journal']],
  );
  const [row] = variables;
  if (row === undefined) throw new Error('The server answered SELECT without a row.');
  const granted = grants.map((grant) => String(Object.values(grant)[0]));
  const mostOfUser = Number(row.mostOfUser);
  return {
    holderId: row.holderId,
    existing: new Set(tables.map(({ name }) => String(name))),
    facts: {
      server: {
        product: /mariadb/i.test(`${row.version} ${row.comment}`) ? 'MariaDB' : 'MySQL',
        version: /^[\d.]+/.exec(row.version)?.[0] ?? row.version,
        readOnly: !/^(0|OFF|)$/i.test(String(row.readOnly)),
      },
      tls: String(encryption[0]?.Value ?? '') || null,
      isLoopback: isLoopback(host),
      sqlMode: row.sqlMode.split(','),
      connections: {
        most: Number(row.most),
        open: Number(threads[0]?.Value),
        mostOfUser: mostOfUser === 0 ? undefined : mostOfUser,
        openOfUser: Number(row.openOfUser),
      },
      privileges: grantedPrivileges(granted, database),
    },
  } as const;
}
