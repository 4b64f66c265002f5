import { randomBytes } from 'node:crypto';
import { type Connection, escapeId, type RowDataPacket } from 'mysql2';
import { FanfoldError, isFanfoldError } from '../../core/errors.ts';
import type { ConnectionLogin, TenantDatabases } from '../../core/ports.ts';
import type {
  ScratchDatabase,
  ScratchServer,
  ScratchServerFacts,
} from '../../core/safety/recording.ts';
import type {
  RehearsalDatabase,
  RehearsalServer,
} from '../../core/safety/rehearsal/rehearsal-ports.ts';
import type { SnapshotServer } from '../../core/snapshot/snapshot-ports.ts';
import { serverFlavour } from '../server/server-flavour.ts';
import { knexTables, ownTableNames } from './bookkeeping/knex-tables.ts';
import { usingConnection } from './connection/connection.ts';
import { query } from './connection/query.ts';
import { rehearsalDatabase, usingReader } from './rehearsal-database.ts';
import { scratchUnreachable } from './scratch/scratch-unreachable.ts';
import { StatementRecorder } from './scratch/statement-recorder.ts';
import { createShapeSource } from './shape-source.ts';
import { restoreShape } from './shapes/restore-shape.ts';
import { usingSnapshotDatabases } from './snapshot-databases.ts';
import { createObservedDatabases, type TenantDatabasesOptions } from './tenant-databases.ts';

export interface ScratchServerOptions extends TenantDatabasesOptions {
  /** For people: where the server was named, such as `--scratch-url`. */
  readonly source: string;
}

/** The prefix of databases that are made on a scratch server and dropped again. */
const PREFIX = 'fanfold_scratch_';

const SYSTEM = new Set(['information_schema', 'performance_schema', 'mysql', 'sys']);

/** Seconds. Only a migration that locks tables can keep the reader waiting, and it waits for the reader. */
const READER_LOCK_WAIT = 2;

/**
 * Connects to a scratch server and reads what it is. Without a database in `login` each use has a new one, which
 * is dropped; with one, that database is used and emptied.
 *
 * A migration may name other databases, so the login must not see any: only then nobody's data can be changed,
 * whatever the migrations do.
 */
export async function connectToScratchServer(
  login: ConnectionLogin,
  options: ScratchServerOptions,
): Promise<ScratchServer & RehearsalServer & SnapshotServer> {
  const facts = await reach(login, options, readFacts);
  return {
    facts,
    usingDatabases: (work, collation) =>
      usingSnapshotDatabases(login, { ...options, isMariaDb: facts.isMariaDb }, work, (use) =>
        usingEmptyDatabase(login, { ...options, collation }, '', use),
      ),
    usingDatabase: (work) =>
      usingEmptyDatabase(login, options, '', (own) => usingRecorder(own, facts, options, work)),
    usingRehearsal: (work) =>
      usingEmptyDatabase(login, options, '', (own) =>
        usingRehearsalOf(own, facts, options, async (first) => {
          if (login.database !== '') return work({ facts, first, other: undefined });
          return usingEmptyDatabase(login, options, '_of_another', (another) =>
            usingRehearsalOf(another, facts, options, (other) => work({ facts, first, other })),
          );
        }),
      ),
  };
}

/** Hands an empty database to `work`, the named one or a new one, and empties or drops it afterwards. */
function usingEmptyDatabase<Result>(
  login: ConnectionLogin,
  options: ScratchServerOptions & { readonly collation?: string | undefined },
  suffix: string,
  work: (login: ConnectionLogin) => Promise<Result>,
): Promise<Result> {
  return usingConnection(login, options, async (admin) => {
    await refuseOthers(admin, login, options.source);
    const isOwn = login.database === '';
    const database = isOwn ? PREFIX + randomBytes(4).toString('hex') + suffix : login.database;
    const collate =
      options.collation === undefined ? '' : ` COLLATE ${escapeId(options.collation)}`;
    if (isOwn) {
      const name = escapeId(database, true);
      await query(admin, `CREATE DATABASE ${name} CHARACTER SET utf8mb4${collate}`);
    }
    try {
      return await work({ ...login, database });
    } finally {
      await clear(admin, database, isOwn);
    }
  });
}

function usingRehearsalOf<Result>(
  login: ConnectionLogin,
  { isMariaDb }: ScratchServerFacts,
  options: ScratchServerOptions,
  work: (database: RehearsalDatabase) => Promise<Result>,
): Promise<Result> {
  return usingReader(login, options, (reader) =>
    work(rehearsalDatabase(login, { isMariaDb, databases: options, reader })),
  );
}

/** Connects, or says that the scratch server cannot be used: it belongs to no tenant, whose failure it would be. */
async function reach<Result>(
  login: ConnectionLogin,
  options: ScratchServerOptions,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  try {
    return await usingConnection(login, options, work);
  } catch (error) {
    if (!isFanfoldError(error) || error.fault !== 'tenant') throw error;
    throw scratchUnreachable(error, options.source);
  }
}

async function usingRecorder<Result>(
  login: ConnectionLogin,
  { isMariaDb }: ScratchServerFacts,
  options: ScratchServerOptions,
  work: (database: ScratchDatabase) => Promise<Result>,
): Promise<Result> {
  const { tableName = 'knex_migrations' } = options;
  return usingConnection(login, options, async (reader) => {
    await query(reader, `SET SESSION lock_wait_timeout = ${READER_LOCK_WAIT}`);
    const hidden = ownTableNames(knexTables(login.database, tableName));
    const observer = new StatementRecorder(reader, {
      database: login.database,
      hidden,
      isMariaDb,
    });
    const databases: TenantDatabases = createObservedDatabases({ ...options, observer });
    return work({
      login,
      databases,
      recorded: () => observer.migrations,
      restore: (shape) =>
        usingConnection(login, options, async (connection) => {
          const notes = await restoreShape(connection, login.database, shape);
          await observer.readAll();
          return notes;
        }),
      readShape: () => createShapeSource(options).readOne(login, []),
    });
  });
}

async function readFacts(connection: Connection): Promise<ScratchServerFacts> {
  const [row] = await query<RowDataPacket[]>(
    connection,
    'SELECT VERSION() AS version, @@version_comment AS comment, @@lower_case_table_names AS folding',
  );
  const { product, isMariaDb, version, number } = serverFlavour(
    String(row?.version),
    String(row?.comment),
  );
  const lowerCaseTableNames = Number(row?.folding) as ScratchServerFacts['lowerCaseTableNames'];
  return { product, isMariaDb, version, number, lowerCaseTableNames };
}

async function refuseOthers(
  connection: Connection,
  { database, host, port }: ConnectionLogin,
  source: string,
): Promise<void> {
  const rows = await query<RowDataPacket[]>(connection, 'SHOW DATABASES');
  const names = rows.map((row) => String(Object.values(row)[0]));
  const others = names.filter(
    (name) =>
      !SYSTEM.has(name.toLowerCase()) && !name.startsWith(PREFIX) && !isSame(name, database),
  );
  if (others.length > 0) {
    throw notEmpty(
      `The login of ${source} sees other databases on ${host}:${port}: ${shown(others)}.`,
      'A migration may name another database, so the scratch server must have none that could be changed. Name an empty database and a login with rights in it alone, an empty server, or none: `--scratch` starts one.',
    );
  }
  if (database === '') return;
  const contents = await contentsOf(connection, database);
  if (contents.length > 0) {
    throw notEmpty(
      `The database ${database} of ${source} is not empty. It has ${shown(contents)}.`,
      'Name an empty database, or no database: then a new one is created and dropped. If all of it is what a killed command on this scratch database has left, drop the database and create it again.',
    );
  }
}

function isSame(name: string, other: string): boolean {
  return name.toLowerCase() === other.toLowerCase();
}

async function contentsOf(connection: Connection, database: string): Promise<string[]> {
  const rows = await query<RowDataPacket[]>(
    connection,
    `SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?
     UNION ALL SELECT ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ?
     UNION ALL SELECT EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ?`,
    [database, database, database],
  );
  return rows.map(({ name }) => String(name));
}

const MOST_SHOWN = 3;

function shown(names: readonly string[]): string {
  const more = names.length - MOST_SHOWN;
  return `${names.slice(0, MOST_SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function notEmpty(message: string, nextStep: string): FanfoldError {
  return new FanfoldError('ScratchNotEmpty', message, { fault: 'configuration', nextStep });
}

/** Drops the database, or makes it as empty as it was: its default character set stays. */
async function clear(connection: Connection, database: string, isOwn: boolean): Promise<void> {
  const name = escapeId(database, true);
  if (isOwn) {
    await query(connection, `DROP DATABASE IF EXISTS ${name}`);
    return;
  }
  const [row] = await query<RowDataPacket[]>(
    connection,
    'SELECT DEFAULT_CHARACTER_SET_NAME AS charset, DEFAULT_COLLATION_NAME AS collation FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?',
    [database],
  );
  await query(
    connection,
    `DROP DATABASE ${name}; CREATE DATABASE ${name} CHARACTER SET ${row?.charset} COLLATE ${row?.collation}`,
  );
}
