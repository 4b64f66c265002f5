import type { Connection } from 'mysql2';
import type { FencedDatabase, FenceOptions } from '../../core/ports.ts';
import { applyMigration } from './apply-migration.ts';
import { releaseFence, takeFence } from './fence.ts';
import { fenceName } from './fence-name.ts';
import { knexOnSession } from './fenced-client.ts';
import { releaseKnexLock, takeKnexLock } from './knex-lock.ts';
import { createTables, type KnexTables } from './knex-tables.ts';
import { MigrationSession } from './migration-session.ts';
import { query } from './query.ts';
import { readState } from './read-state.ts';

export interface UsingFenceOptions extends FenceOptions {
  readonly database: string;
  readonly tables: KnexTables;
  readonly disableTransactions: boolean;
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
  const { database, tables, disableTransactions, lockWaitTimeoutSeconds } = options;
  const name = fenceName(database);
  await query(
    connection,
    `SET SESSION lock_wait_timeout = ?, innodb_lock_wait_timeout = ?, wait_timeout = ?, time_zone = '+00:00'`,
    [lockWaitTimeoutSeconds, lockWaitTimeoutSeconds, SESSION_TIMEOUT_SECONDS],
  );
  await takeFence(connection, name, options.waitSeconds);
  const stopPinging = pingWhileIdle(connection);
  try {
    const state = await readState(connection, tables);
    if (state.tablesMissing) await query(connection, createTables(tables));
    const notes = await takeKnexLock(connection, tables);
    try {
      const session = new MigrationSession(connection);
      const knex = knexOnSession(session);
      const apply: FencedDatabase['apply'] = (migration, record) =>
        applyMigration(migration, record, {
          knex,
          session,
          tables,
          database,
          disableTransactions,
        });
      return await work({ state, notes, apply });
    } finally {
      await quietly(() => releaseKnexLock(connection, tables));
    }
  } finally {
    stopPinging();
    await quietly(() => releaseFence(connection, name));
  }
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

/**
 * Releases must not hide what happened before them. Where one fails the connection is gone, which
 * frees the fence; the lock row is then known for ours by its value.
 */
async function quietly(release: () => Promise<void>): Promise<void> {
  try {
    await release();
  } catch {
    // See above.
  }
}
