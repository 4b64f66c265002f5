import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2';
import type { KnexLockFacts } from '../../../core/doctor/database-facts.ts';
import { FanfoldError } from '../../../core/errors.ts';
import type { Note } from '../../../core/outcome.ts';
import type { KnexTables } from '../bookkeeping/knex-tables.ts';
import { query } from '../connection/query.ts';
import { isServerError } from '../connection/server-error.ts';
import {
  describeSession,
  seesAllSessions,
  sessionsOnThisDatabase,
} from '../connection/sessions.ts';

/**
 * What Fanfold writes into Knex's lock row. Knex itself writes 1 and takes whatever is not 0 for
 * locked, so the value tells, under the fence, that a lock left behind is our own
 * (docs/adr/0001-lock-row-names-its-holder.md).
 */
const HELD_BY_FANFOLD = 2;

/**
 * Statements that take Knex's own lock, so that plain Knex keeps off while Fanfold works. By UPDATE,
 * since a batch of plain Knex may hold the row in an open transaction, where reading still shows 0.
 * The transaction stays open: it is committed along with what comes next. {@link isLockTaken} reads
 * the answers of the last two.
 */
export function takeFreeKnexLock({ lock }: KnexTables): string[] {
  return [
    'START TRANSACTION',
    `UPDATE ${lock} SET is_locked = ${HELD_BY_FANFOLD} WHERE is_locked = 0`,
    readLock(lock),
  ];
}

/** The same where the lock table may have no row yet, which is then made locked. */
export function makeKnexLock({ lock }: KnexTables): string[] {
  return [
    'START TRANSACTION',
    `INSERT INTO ${lock} (is_locked) SELECT ${HELD_BY_FANFOLD} FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM ${lock})`,
    readLock(lock),
  ];
}

/** What the server says to the last two of these statements. */
export type LockAnswers = [updated: ResultSetHeader, locked: RowDataPacket[]];

/** Whether the lock is taken: all rows or none. Where one of several is set, Knex takes the whole for locked. */
export function isLockTaken({ affectedRows }: ResultSetHeader, rows: readonly unknown[]): boolean {
  return affectedRows > 0 && affectedRows === rows.length;
}

/**
 * Takes the lock that {@link takeFreeKnexLock} or {@link makeKnexLock} has not found free, in a
 * transaction of its own that stays open. Needs the fence. Returns notes on what was mended; throws
 * `TenantBusy` (retryable) where plain Knex holds it.
 */
export async function takeSetKnexLock(connection: Connection, tables: KnexTables): Promise<Note[]> {
  const { lock } = tables;
  // Where the journal alone was missing there is a row, and it may be free.
  const again = ['ROLLBACK', ...takeFreeKnexLock(tables)].join(';\n');
  const answers = await query<ResultSetHeader[]>(connection, again);
  const [updated, rows] = answers.slice(-2) as unknown as LockAnswers;
  if (isLockTaken(updated, rows)) return [];
  await query(connection, 'ROLLBACK');
  const values = await lockValues(connection, lock);
  if (values.length === 0) {
    // Under the fence nobody else of us makes a row; plain Knex would make one just like it.
    const row = `INSERT INTO ${lock} (is_locked) VALUES (${HELD_BY_FANFOLD})`;
    await query(connection, `START TRANSACTION;\n${row}`);
    return [];
  }
  const ours = values.every((value) => value === 0 || value === HELD_BY_FANFOLD);
  if (!ours && !(await nobodyElseIsHere(connection))) throw await knexLockBusy(connection, tables);
  // A new transaction: what was read in the old one would hide what plain Knex has done since.
  await query(connection, `START TRANSACTION;\nUPDATE ${lock} SET is_locked = ${HELD_BY_FANFOLD}`);
  return [
    {
      code: 'StaleLockCleared',
      message: ours
        ? "Cleared Knex's lock, which a killed run of Fanfold had left set."
        : "Cleared Knex's lock, which was set although no other session uses the database.",
    },
  ];
}

/** How Knex's lock stands; needs its table. Reading does not show a batch of plain Knex that holds it uncommitted. */
export async function readKnexLock(
  connection: Connection,
  { lock }: KnexTables,
): Promise<KnexLockFacts> {
  const held = (await lockValues(connection, lock)).filter((value) => value !== 0);
  const unlock = `UPDATE ${lock} SET is_locked = 0`;
  if (held.length === 0) return { state: 'free', unlock };
  if (held.every((value) => value === HELD_BY_FANFOLD)) return { state: 'ours', unlock };
  return { state: (await nobodyElseIsHere(connection)) ? 'abandoned' : 'knex', unlock };
}

/**
 * Statements that free Knex's lock if it is ours. COMMIT, since a migration may have turned autocommit
 * off; and it may have forbidden updates that use no key.
 */
export function releaseKnexLock(tables: KnexTables): string {
  return `${unlockKnex(tables)};\nCOMMIT`;
}

/** The same, to be committed by whoever sends it. */
export function unlockKnex({ lock }: KnexTables): string {
  return `SET sql_safe_updates = 0;\nUPDATE ${lock} SET is_locked = 0 WHERE is_locked = ${HELD_BY_FANFOLD}`;
}

/** ER_LOCK_WAIT_TIMEOUT: a transaction of plain Knex holds the row. */
export function isHeldByKnex(error: unknown): boolean {
  return isServerError(error) && error.errno === 1205;
}

function readLock(lock: string): string {
  return `SELECT is_locked FROM ${lock}`;
}

async function lockValues(connection: Connection, lock: string): Promise<number[]> {
  const rows = await query<RowDataPacket[]>(connection, readLock(lock));
  return rows.map((row) => Number(row.is_locked));
}

async function nobodyElseIsHere(connection: Connection): Promise<boolean> {
  const others = await sessionsOnThisDatabase(connection);
  return others.length === 0 && (await seesAllSessions(connection));
}

/** `TenantBusy` (retryable), naming the sessions that may hold the lock. */
export async function knexLockBusy(
  connection: Connection,
  { lock }: KnexTables,
): Promise<FanfoldError> {
  const others = await sessionsOnThisDatabase(connection);
  const seen =
    others.length === 0
      ? 'this login sees no other session on the database, but may not see all'
      : `also on this database: ${others.slice(0, 3).map(describeSession).join('; ')}`;
  return new FanfoldError(
    'TenantBusy',
    `Knex's migration lock is set in ${lock}: plain Knex is migrating, or was killed while it did (${seen}).`,
    {
      fault: 'tenant',
      retryable: true,
      nextStep: `If no Knex migration is running, free the lock: UPDATE ${lock} SET is_locked = 0;`,
    },
  );
}
