import type { Connection, RowDataPacket } from 'mysql2';
import type { PendingBackfill } from '../../core/doctor/backfill-facts.ts';
import type { DatabaseFacts, InspectDatabase } from '../../core/doctor/database-facts.ts';
import type { ConnectionLogin } from '../../core/ports.ts';
import type { SchemaState } from '../../core/schema-state.ts';
import { serverFlavour } from '../server/server-flavour.ts';
import { grantedPrivileges } from './accounts/granted-privileges.ts';
import { bookkeepingError } from './bookkeeping/bookkeeping-error.ts';
import { knexTables } from './bookkeeping/knex-tables.ts';
import { readState } from './bookkeeping/read-state.ts';
import { readLabel } from './bookkeeping/resolutions-table.ts';
import { usingConnection } from './connection/connection.ts';
import { readOtherSessions } from './connection/process-list.ts';
import { query } from './connection/query.ts';
import { isReadOnly, READ_ONLY_VARIABLES } from './connection/read-only-state.ts';
import { describeSession, findSession } from './connection/sessions.ts';
import { isLoopback } from './connection/tls.ts';
import { fenceName } from './locks/fence-name.ts';
import { readKnexLock } from './locks/knex-lock.ts';
import { readOnlineWork, WORK_OBJECTS } from './online/read-online-work.ts';
import { readBackfillFacts } from './read-backfill-facts.ts';
import type { TenantDatabasesOptions } from './tenant-databases.ts';

/**
 * Creates the function that inspects a database over one connection, with three packets to the server
 * (variables, migration tables, Knex's lock), two more if a lock is held, one if another program changes a table, one
 * if the user's connections are limited, and some for each backfill that is pending.
 */
export function createInspectDatabase(
  options: Pick<TenantDatabasesOptions, 'connectTimeoutMs' | 'tls' | 'iamToken' | 'tableName'>,
): InspectDatabase {
  const { tableName = 'knex_migrations' } = options;
  return (login, pendingBackfills = async () => []) =>
    usingConnection(login, options, async (connection) => {
      try {
        return await inspect(connection, login, tableName, pendingBackfills);
      } catch (error) {
        throw bookkeepingError(error, login);
      }
    });
}

async function inspect(
  connection: Connection,
  login: ConnectionLogin,
  tableName: string,
  pendingBackfills: (state: SchemaState) => Promise<readonly PendingBackfill[]>,
): Promise<DatabaseFacts> {
  const { database } = login;
  const tables = knexTables(database, tableName);
  const { facts, holderId, existing, work } = await readServer(connection, login, tableName);
  const state = await readState(connection, tables);
  const [half] = state.open;
  const lock = `${tableName}_lock`;
  return {
    ...facts,
    state,
    label: half === undefined ? undefined : await readLabel(connection, tables, half.id),
    hasJournal: existing.has('fanfold_journal'),
    knexLock: existing.has(lock)
      ? await readKnexLock(connection, tables)
      : { state: 'free', unlock: '' },
    onlineWork: await readOnlineWork(connection, work),
    backfills: await readBackfillFacts(
      await pendingBackfills(state),
      existing.has('fanfold_backfills'),
      {
        ...{ connection, database, tables, sqlMode: facts.sqlMode.join() },
        isMariaDB: facts.server.product === 'MariaDB',
      },
    ),
    fenceHolder: holderId === null ? null : await describeHolder(connection, holderId),
    ...(holderId !== null && { fenceHolderId: holderId }),
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
  readonly holderId: number | null;
  readonly account: string;
}

const VARIABLES = `SELECT VERSION() AS version, @@version_comment AS comment, @@sql_mode AS sqlMode,
  @@max_connections AS most, @@max_user_connections AS mostOfUser,
  IS_USED_LOCK(?) AS holderId, CURRENT_USER() AS account`;
/** SHOW VARIABLES, because only MySQL has this variable. */
const GRANTS_LITERALLY = "SHOW VARIABLES LIKE 'partial\\_revokes'";
const TABLES =
  'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (?)';

async function readServer(
  connection: Connection,
  { host, user, database }: ConnectionLogin,
  tableName: string,
) {
  const [variables, readOnly, encryption, threads, grants, literally, tables, work] = await query<
    [
      VariablesRow[],
      RowDataPacket[],
      RowDataPacket[],
      RowDataPacket[],
      RowDataPacket[],
      RowDataPacket[],
      RowDataPacket[],
      RowDataPacket[],
    ]
  >(
    connection,
    [
      VARIABLES,
      READ_ONLY_VARIABLES,
      "SHOW SESSION STATUS LIKE 'Ssl_version'",
      "SHOW GLOBAL STATUS LIKE 'Threads_connected'",
      'SHOW GRANTS',
      GRANTS_LITERALLY,
      TABLES,
      WORK_OBJECTS,
    ].join(';\n'),
    [fenceName(database), [tableName, `${tableName}_lock`, 'fanfold_journal', 'fanfold_backfills']],
  );
  const [row] = variables;
  if (row === undefined) throw new Error('The server answered SELECT without a row.');
  const granted = grants.map((grant) => String(Object.values(grant)[0]));
  const mostOfUser = Number(row.mostOfUser);
  const flavour = serverFlavour(row.version, row.comment);
  return {
    holderId: row.holderId,
    work,
    existing: new Set(tables.map(({ name }) => String(name))),
    facts: {
      server: {
        product: flavour.family,
        name: flavour.product,
        version: flavour.version || row.version,
        readOnly: isReadOnly(readOnly),
      },
      tls: String(encryption[0]?.Value ?? '') || null,
      isLoopback: isLoopback(host),
      sqlMode: row.sqlMode.split(','),
      connections: {
        most: Number(row.most),
        open: Number(threads[0]?.Value),
        ofUser:
          mostOfUser === 0
            ? undefined
            : { most: mostOfUser, open: await countSessions(connection, user) },
      },
      account: row.account,
      grantsLiterally: literally.some(({ Value }) => Value === 'ON'),
      privileges: grantedPrivileges(granted, database),
    },
  } as const;
}

/** Counts the sessions of the user of this connection, this one included; they need no privilege to be seen. */
async function countSessions(connection: Connection, user: string): Promise<number> {
  return (await readOtherSessions(connection, { user: [user] })).length + 1;
}
