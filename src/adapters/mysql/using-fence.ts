import { type Connection, format } from 'mysql2';
import type { FencedDatabase, FenceOptions } from '../../core/ports.ts';
import type { KnexTables } from './bookkeeping/knex-tables.ts';
import type { StoredState } from './bookkeeping/read-state.ts';
import { query } from './connection/query.ts';
import { StatementJournal } from './journal/statement-journal.ts';
import { releaseFence } from './locks/fence.ts';
import { fenceName } from './locks/fence-name.ts';
import { releaseKnexLock } from './locks/knex-lock.ts';
import { takeLocks } from './locks/take-locks.ts';
import { knexOnSession } from './migration/fenced-client.ts';
import { fencedMigrations } from './migration/fenced-migrations.ts';
import { MigrationSession } from './migration/migration-session.ts';
import { MigrationStatements } from './migration/migration-statements.ts';
import { RecordNotWritten } from './migration/record-not-written.ts';
import type { StatementTimeout } from './migration/statement-timeout.ts';
import { recordError } from './migration/step-error.ts';

export interface UsingFenceOptions extends FenceOptions {
  readonly database: string;
  readonly tables: KnexTables;
  readonly disableTransactions: boolean;
  readonly timeout: StatementTimeout | undefined;
  readonly journalsStatements: boolean;
  /** What of the bookkeeping was there when the database was asked. */
  readonly stored: StoredState['tables'];
}

/** The server ends a session that is silent for longer, so that a vanished host frees its fence. */
const SESSION_TIMEOUT_SECONDS = 120;
const PING_MS = 30_000;

/**
 * Takes the fence, then Knex's lock row, hands the database to `work` and gives both back whatever
 * happens.
 */
export async function usingFence<Result>(
  connection: Connection,
  options: UsingFenceOptions,
  work: (fenced: FencedDatabase) => Promise<Result>,
): Promise<Result> {
  const { database, tables, disableTransactions, waitSeconds, stored } = options;
  const fence = fenceName(database);
  const settings = sessionSettings(options);
  // What was left open would keep others waiting who have the fence already.
  let release = `ROLLBACK;\n${releaseFence(fence)}`;
  const stopPinging = pingWhileIdle(connection);
  try {
    const taking = takeLocks(connection, { fence, waitSeconds, settings, tables, stored });
    // Made while the server is at it.
    const session = new MigrationSession(connection, options.timeout);
    const statements = new MigrationStatements(
      session,
      new StatementJournal(connection, tables.journal, database, options.journalsStatements),
    );
    const knex = knexOnSession(session, statements, database);
    const { state, notes } = await taking;
    release = `${releaseKnexLock(tables)};\n${releaseFence(fence)}`;
    session.inTransaction = true;
    session.bookkeepingOnly = true;
    const shared = { knex, session, statements, tables, database, disableTransactions };
    const migrations = fencedMigrations(state, shared);
    const result = await work({ state, notes, ...migrations });
    // The record of the last migration is committed with the release: where that fails, it may be lost.
    const { record } = statements;
    if (record.isHeld) await record.send({ sql: release, values: [] });
    else if (session.bookkeepingOnly) await query(connection, release);
    else return result;
    release = '';
    return result;
  } catch (error) {
    throw error instanceof RecordNotWritten ? recordError(error, database) : error;
  } finally {
    stopPinging();
    // A release must not hide what happened before it. Where it fails the connection is gone, which
    // frees the fence; the lock row is then known for ours by its value.
    if (release !== '') await query(connection, release).catch(() => {});
  }
}

function sessionSettings({ lockWaitTimeoutSeconds }: FenceOptions): string {
  return format(
    "SET SESSION lock_wait_timeout = ?, innodb_lock_wait_timeout = ?, wait_timeout = ?, time_zone = '+00:00', sql_safe_updates = 0",
    [lockWaitTimeoutSeconds, lockWaitTimeoutSeconds, SESSION_TIMEOUT_SECONDS],
  );
}

/** Keeps the session alive while a migration is busy outside of SQL; while a statement runs, one ping waits behind it. */
function pingWhileIdle(connection: Connection): () => void {
  let waiting = false;
  const timer = setInterval(() => {
    if (waiting) return;
    waiting = true;
    connection.ping(() => {
      waiting = false;
    });
  }, PING_MS);
  timer.unref();
  return () => clearInterval(timer);
}
