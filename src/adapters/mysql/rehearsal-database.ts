import type { Connection } from 'mysql2';
import { FanfoldError } from '../../core/errors.ts';
import type { ConnectionLogin } from '../../core/ports.ts';
import type {
  AttemptTerms,
  RehearsalDatabase,
  RehearsedAttempt,
} from '../../core/safety/rehearsal/rehearsal-ports.ts';
import { isServerError } from '../server/server-error.ts';
import { knexTables, ownTableNames } from './bookkeeping/knex-tables.ts';
import { usingConnection } from './connection/connection.ts';
import { query } from './connection/query.ts';
import { atTime } from './migration/knex/migration-clock.ts';
import { rememberProcessState } from './migration/knex/process-state.ts';
import { insertRows } from './scratch/insert-rows.ts';
import { KillSwitch } from './scratch/kill-switch.ts';
import { readContents } from './scratch/read-contents.ts';
import { readDefinitions } from './scratch/read-definitions.ts';
import { restoreContents } from './scratch/restore-contents.ts';
import { StatementRecorder } from './scratch/statement-recorder.ts';
import { StoppingObserver } from './scratch/stopping-observer.ts';
import { createShapeSource } from './shape-source.ts';
import { restoreShape, setDefaults } from './shapes/restore-shape.ts';
import { createObservedDatabases, type TenantDatabasesOptions } from './tenant-databases.ts';

/** The connection over which a scratch database is read and made again, and how migrations are run in it. */
export interface RehearsalDatabaseOptions {
  readonly isMariaDb: boolean;
  readonly databases: TenantDatabasesOptions;
  readonly reader: Connection;
}

/** A scratch database in which migrations are rehearsed. */
export function rehearsalDatabase(
  login: ConnectionLogin,
  { isMariaDb, databases: options, reader }: RehearsalDatabaseOptions,
): RehearsalDatabase {
  const { database } = login;
  const { tableName = 'knex_migrations' } = options;
  const bookkeeping = ownTableNames(knexTables(database, tableName));
  const read = () => readContents(reader, { database, bookkeeping });
  const definitions = () => readDefinitions(reader, { database, hidden: bookkeeping, isMariaDb });
  const recorder = () =>
    new StatementRecorder(reader, { database, hidden: bookkeeping, isMariaDb });
  return {
    login,
    read,
    restore: async (wanted) => restoreContents(reader, await read(), wanted),
    setDefaults: (shape) => setDefaults(reader, database, shape),
    restoreShape: (shape) =>
      usingConnection(login, options, (connection) => restoreShape(connection, database, shape)),
    readShape: async () => {
      const reading = await createShapeSource(options).readOne(login, []);
      if (reading.status === 'read') return reading.shape;
      const { code, message, nextStep } = reading.failure;
      throw new FanfoldError(code, message, { fault: 'configuration', nextStep });
    },
    definitions: async () => [...(await definitions()).values()],
    insert: async (table, columns, rows) => {
      try {
        await insertRows(reader, table, columns, rows);
      } catch (error) {
        if (isServerError(error)) return error.errno;
        throw error;
      }
      return undefined;
    },
    attempting: async (terms, work) => {
      const recording = terms.records ? recorder() : undefined;
      // Without the tables as they are now, every change would look like a new table.
      await recording?.readAll();
      const restoreProcess = rememberProcessState();
      const attempt = rehearsedAttempt(terms, options, recording);
      // Globals and variables of a killed process are gone.
      void attempt.killed.then(restoreProcess);
      try {
        return await work(attempt);
      } finally {
        restoreProcess();
      }
    },
  };
}

function rehearsedAttempt(
  { clock, stop }: AttemptTerms,
  options: TenantDatabasesOptions,
  recording: StatementRecorder | undefined,
): RehearsedAttempt {
  const killSwitch = new KillSwitch();
  const observer =
    recording ?? (stop === undefined ? undefined : new StoppingObserver(stop, killSwitch));
  const onConnection = async (connection: Connection) => {
    killSwitch.adopt(connection);
    await query(connection, `SET SESSION timestamp = ${Math.floor(clock / 1_000)}`);
  };
  return {
    databases: createObservedDatabases({ ...options, observer, onConnection }),
    within: (work) => atTime(clock, work),
    killed: killSwitch.killed,
    release: () => killSwitch.release(),
    recorded: () => recording?.migrations ?? [],
  };
}

/** Opens the connection of {@link RehearsalDatabaseOptions}. */
export function usingReader<Result>(
  login: ConnectionLogin,
  options: TenantDatabasesOptions,
  work: (reader: Connection) => Promise<Result>,
): Promise<Result> {
  return usingConnection(login, options, async (reader) => {
    // A lock here is that of a session which was killed, and ends soon. Definitions are read in one form.
    await query(
      reader,
      "SET NAMES utf8mb4, SESSION lock_wait_timeout = 10, time_zone = '+00:00', sql_mode = 'NO_AUTO_VALUE_ON_ZERO'",
    );
    return work(reader);
  });
}
