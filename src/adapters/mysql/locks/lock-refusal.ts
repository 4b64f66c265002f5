import type { Connection, RowDataPacket } from 'mysql2';
import { FanfoldError } from '../../../core/errors.ts';
import { ERRNO } from '../../server/errno.ts';
import type { StatementErrorMeaning } from '../../server/meaning.ts';
import { isServerError, messageForPeople, type ServerError } from '../../server/server-error.ts';
import { isServerState, meaningOf } from '../../server/statement-errors.ts';
import type { KnexTables } from '../bookkeeping/knex-tables.ts';
import { query } from '../connection/query.ts';
import { describeSession, sessionsOnThisDatabase } from '../connection/sessions.ts';
import type { Cluster } from './cluster.ts';
import { isMultiplexed, multiplexed } from './direct-session.ts';
import { fenceBusy, isFenceNotFree } from './fence.ts';
import { fenceUnsupported, isFenceUnsupported } from './fence-unsupported.ts';
import { unlockByHand } from './knex-lock.ts';
import { describeBlockers } from './lock-blockers.ts';
import type { Step } from './lock-packet.ts';
import { busy } from './take-set-lock.ts';

export interface RefusalContext {
  readonly tables: KnexTables;
  readonly database: string;
  /** The name of the fence. */
  readonly fence: string;
  readonly cluster: Cluster | undefined;
}

/** A deadlock, and Group Replication's error for a commit that lost against another node's. */
const LOST_TO_ANOTHER: ReadonlySet<number> = new Set([
  ERRNO.ER_LOCK_DEADLOCK,
  ERRNO.ER_TRANSACTION_ROLLBACK_DURING_COMMIT,
]);
const NO_PRIVILEGE: ReadonlySet<number> = new Set([
  ERRNO.ER_DBACCESS_DENIED_ERROR,
  ERRNO.ER_TABLEACCESS_DENIED_ERROR,
  ERRNO.ER_COLUMNACCESS_DENIED_ERROR,
  ERRNO.ER_SPECIFIC_ACCESS_DENIED_ERROR,
]);

/**
 * Explains the failure of a statement that takes the locks, by the state of the database, because the error
 * number alone does not show what blocks it. Unknown errors are returned unchanged.
 */
export async function lockRefusal(
  connection: Connection,
  step: Step,
  error: unknown,
  context: RefusalContext,
): Promise<unknown> {
  if (isMultiplexed(error)) return multiplexed();
  if (isFenceNotFree(error)) return fenceBusy(connection, context.fence);
  if (!isServerError(error)) return error;
  const { errno } = error;
  const meaning = meaningOf(error);
  if (meaning !== undefined && isServerState(meaning)) return serverState(error, meaning, context);
  if (NO_PRIVILEGE.has(errno)) return privilegeMissing(error, context);
  if (step === 'fence' && isFenceUnsupported(error)) return fenceUnsupported(error);
  if (errno === ERRNO.ER_LOCK_WAIT_TIMEOUT) return blocked(connection, step, context);
  if (LOST_TO_ANOTHER.has(errno)) return lostToAnother(context);
  return error;
}

/** Explains an error 1205, which does not show whether the lock's row, its table or the whole server is locked. */
async function blocked(
  connection: Connection,
  step: Step,
  { tables, database }: RefusalContext,
): Promise<FanfoldError> {
  await query(connection, 'ROLLBACK');
  const rows = step === 'lock' ? await lookAtRows(connection, tables) : 'cannot be read';
  if (rows === 'locked') return heldUncommitted(connection, tables);
  const blockers = await describeBlockers(connection);
  const what = {
    session: 'the session could not be set up',
    expected: 'the table of applied migrations could not be read',
    fence: 'the fence could not be requested',
    tables: "Knex's tables and the journal could not be created",
    lock:
      rows === 'free'
        ? `nobody holds Knex's lock, but the server does not allow writes to it: ${FROZEN}`
        : "the table of Knex's lock is locked by another session",
    state: 'the table of applied migrations is locked by another session',
    look: 'a table could not be read',
  }[step];
  return new FanfoldError(
    'LockWaitTimeout',
    `The migration tables of "${database}" are locked: ${what}. Nothing was changed.${blockers === undefined ? '' : ` ${blockers}`}`,
    {
      fault: 'tenant',
      retryable: true,
      nextStep:
        'Wait until the other session has finished (a backup, LOCK TABLES, an open transaction, DDL), or end it; SHOW PROCESSLIST shows all sessions to an administrator. --lock-wait-timeout sets how long a migration waits.',
    },
  );
}

const FROZEN = 'FLUSH TABLES WITH READ LOCK or a backup is the usual reason';

/**
 * Checks without waiting whether a transaction holds the row. A read, because it does not wait if nobody may
 * write. Each server treats the other's clause as a comment.
 */
async function lookAtRows(
  connection: Connection,
  { lock }: KnexTables,
): Promise<'free' | 'locked' | 'cannot be read'> {
  try {
    const all = `SELECT COUNT(*) AS n FROM ${lock}`;
    const free = `SELECT is_locked FROM ${lock} /*!80000 FOR SHARE SKIP LOCKED *//*M!100600 LOCK IN SHARE MODE SKIP LOCKED */`;
    await query(connection, 'SET SESSION lock_wait_timeout = 1');
    const [count] = await query<RowDataPacket[]>(connection, all);
    const unlocked = await query<RowDataPacket[]>(connection, free);
    return unlocked.length === Number(count?.n) ? 'free' : 'locked';
  } catch (error) {
    if (isServerError(error)) return 'cannot be read';
    throw error;
  }
}

/** The `TenantBusy` error (retryable), which names the sessions that may hold the row. */
async function heldUncommitted(
  connection: Connection,
  { lock }: KnexTables,
): Promise<FanfoldError> {
  const others = await sessionsOnThisDatabase(connection);
  const seen =
    others.length === 0
      ? 'this login sees no other session on the database, but may not see all'
      : `also on this database: ${others.slice(0, 3).map(describeSession).join('; ')}`;
  return busy(
    `Knex's migration lock is set in ${lock} by an open transaction: plain Knex is migrating, or another session holds the row (${seen}).`,
    'Wait for that transaction to end, or end its session, which releases the lock.',
  );
}

function lostToAnother({ tables, cluster }: RefusalContext): FanfoldError {
  const where = cluster === undefined ? '' : ` on another node of the ${cluster.kind} cluster`;
  return busy(
    `Another migrator took Knex's migration lock in ${tables.lock} at the same time${where}.`,
    'Wait for it to end.',
  );
}

/** The error for a server that is read-only, full or not ready; locks and tables are not the problem. */
function serverState(
  error: ServerError,
  { code, nextStep, retryable = false }: StatementErrorMeaning,
  { database }: RefusalContext,
): FanfoldError {
  const why = code === 'ServerReadOnly' ? 'The server is read-only' : 'The server is not ready';
  return new FanfoldError(
    code,
    `${why}, so "${database}" cannot be migrated: ${messageForPeople(error, database)} (error ${error.errno}).`,
    { fault: 'tenant', retryable, nextStep },
  );
}

function privilegeMissing(error: ServerError, { database }: RefusalContext): FanfoldError {
  return new FanfoldError(
    'PrivilegeMissing',
    `The migrating user of "${database}" lacks a privilege on the migration tables: ${messageForPeople(error, database)} (error ${error.errno}).`,
    {
      fault: 'tenant',
      nextStep:
        'Grant the user the privilege named in the message, on this database (docs/how-to/rights.md lists all of them).',
    },
  );
}

/** The `FenceUnsupported` error for a cluster whose nodes share neither advisory locks nor rows of InnoDB. */
export function clusterUnsupported({ kind }: Cluster, { lock }: KnexTables): FanfoldError {
  return new FanfoldError(
    'FenceUnsupported',
    `The server belongs to an ${kind}, whose nodes share neither advisory locks nor the row in ${lock}: two migrators on two nodes could not be kept apart. Nothing was changed.`,
    {
      fault: 'tenant',
      nextStep:
        'Migrate these databases by other means; Fanfold does not support this kind of cluster.',
    },
  );
}

/** The `TenantBusy` error (retryable) for a lock that is set on a cluster, which only a person may clear. */
export function lockSetOnCluster({ kind }: Cluster, { lock }: KnexTables): FanfoldError {
  return busy(
    `Knex's migration lock is set in ${lock}: a migrator is working on a node of this ${kind} cluster, or was killed while it worked. A node shows only its own sessions, so Fanfold cannot determine that and does not clear the lock.`,
    `If no migration is running on any node, release the lock: ${unlockByHand(lock)};`,
  );
}
