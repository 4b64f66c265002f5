import { type Connection, format } from 'mysql2';
import type { FencedDatabase, FenceOptions } from '../../core/ports.ts';
import { releaseFence, takeFence } from './fence.ts';
import { fenceName } from './fence-name.ts';
import { knexOnSession } from './fenced-client.ts';
import { fencedMigrations } from './fenced-migrations.ts';
import { makeTablesLocked, releaseKnexLock, takeKnexLock } from './knex-lock.ts';
import type { KnexTables } from './knex-tables.ts';
import { MigrationSession } from './migration-session.ts';
import { MigrationStatements } from './migration-statements.ts';
import { query } from './query.ts';
import { readState, type StoredState } from './read-state.ts';
import { StatementJournal } from './statement-journal.ts';
import type { StatementTimeout } from './statement-timeout.ts';

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
 * happens. Session settings come first: they bound how long the locks are waited for.
 */
export async function usingFence<Result>(
  connection: Connection,
  options: UsingFenceOptions,
  work: (fenced: FencedDatabase) => Promise<Result>,
): Promise<Result> {
  const { database, tables, disableTransactions, waitSeconds, stored } = options;
  const name = fenceName(database);
  await takeFence(connection, { name, waitSeconds, settings: sessionSettings(options) });
  const stopPinging = pingWhileIdle(connection);
  const session = new MigrationSession(connection, options.timeout);
  let release = releaseFence(name);
  try {
    const lockedAnew =
      stored !== 'complete' && (await makeTablesLocked(connection, tables, stored === 'outdated'));
    const notes = lockedAnew ? [] : await takeKnexLock(connection, tables);
    session.inTransaction = true;
    session.bookkeepingOnly = true;
    release = `${releaseKnexLock(tables)};\n${release}`;
    const state = await readState(connection, tables);
    const statements = new MigrationStatements(
      session,
      new StatementJournal(connection, tables.journal, database, options.journalsStatements),
    );
    const migrations = fencedMigrations(state, {
      knex: knexOnSession(session, statements, database),
      session,
      statements,
      tables,
      database,
      disableTransactions,
    });
    const result = await work({ state, notes, ...migrations });
    // The record of the last migration is committed with the release: where that fails, it may be lost.
    if (session.bookkeepingOnly) {
      await query(connection, release);
      release = '';
    }
    return result;
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
