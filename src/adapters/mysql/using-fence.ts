import { type Connection, format } from 'mysql2';
import type { FencedDatabase, FenceOptions } from '../../core/ports.ts';
import { applyMigration } from './apply-migration.ts';
import { releaseFence, takeFence } from './fence.ts';
import { fenceName } from './fence-name.ts';
import { knexOnSession } from './fenced-client.ts';
import { makeTablesLocked, releaseKnexLock, takeKnexLock } from './knex-lock.ts';
import type { KnexTables } from './knex-tables.ts';
import { MigrationSession } from './migration-session.ts';
import { query } from './query.ts';
import { readState } from './read-state.ts';

export interface UsingFenceOptions extends FenceOptions {
  readonly database: string;
  readonly tables: KnexTables;
  readonly disableTransactions: boolean;
  /** Whether a table of the bookkeeping was missing when the database was asked. */
  readonly tablesMissing: boolean;
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
  const { database, tables, disableTransactions, waitSeconds } = options;
  const name = fenceName(database);
  await takeFence(connection, { name, waitSeconds, settings: sessionSettings(options) });
  const stopPinging = pingWhileIdle(connection);
  let release = releaseFence(name);
  try {
    const lockedAnew = options.tablesMissing && (await makeTablesLocked(connection, tables));
    const notes = lockedAnew ? [] : await takeKnexLock(connection, tables);
    release = `${releaseKnexLock(tables)};\n${release}`;
    const state = await readState(connection, tables);
    const session = new MigrationSession(connection);
    const apply = { knex: knexOnSession(session), session, tables, database, disableTransactions };
    return await work({
      state,
      notes,
      apply: (migration, record) => applyMigration(migration, record, apply),
    });
  } finally {
    stopPinging();
    // A release must not hide what happened before it. Where it fails the connection is gone, which
    // frees the fence; the lock row is then known for ours by its value.
    await query(connection, release).catch(() => {});
  }
}

function sessionSettings({ lockWaitTimeoutSeconds }: FenceOptions): string {
  return format(
    "SET SESSION lock_wait_timeout = ?, innodb_lock_wait_timeout = ?, wait_timeout = ?, time_zone = '+00:00'",
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
