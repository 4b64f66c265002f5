import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2';
import type { KnexLockFacts } from '../../../core/doctor/database-facts.ts';
import type { KnexTables } from '../bookkeeping/knex-tables.ts';
import { query } from '../connection/query.ts';
import { judgeLock } from './judge-lock.ts';
import { type HeldLock, isRandomValue, type LockValue, namesSession } from './lock-value.ts';

/** With `sql_safe_updates`, the server refuses an UPDATE without a key unless it has a limit. */
export const ANY_ROWS = 'LIMIT 1000';

/**
 * The statements that take Knex's own lock, so that plain Knex does not run while Fanfold works. They use
 * UPDATE, because a batch of plain Knex may hold the row in an open transaction while reads still return 0. The
 * transaction stays open and is committed by the next packet. {@link isLockTaken} reads the answers of the
 * last two.
 */
export function takeFreeKnexLock({ lock }: KnexTables, value: number): string[] {
  return [
    START_WRITING,
    `UPDATE ${lock} SET is_locked = ${value} WHERE is_locked = 0 ${ANY_ROWS}`,
    readLock(lock),
  ];
}

/** The statements for a lock table that may have no row yet: they create a locked row. */
export function makeKnexLock({ lock }: KnexTables, value: number): string[] {
  return [
    START_WRITING,
    `INSERT INTO ${lock} (is_locked) SELECT ${value} FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM ${lock})`,
    readLock(lock),
  ];
}

/** Starts a writable transaction even if the session or the server has read-only transactions by default. */
export const START_WRITING = 'START TRANSACTION READ WRITE';

/** The server's answers to the last two of these statements. */
export type LockAnswers = [updated: ResultSetHeader, locked: RowDataPacket[]];

/** Whether the lock is taken, which needs all rows: Knex treats the lock as set if one of several rows is. */
export function isLockTaken([updated, rows]: LockAnswers, value: number): boolean {
  return updated.affectedRows > 0 && isOurs(rows.map(toValue), value);
}

/** Whether all existing rows have this value. */
export function isOurs(values: readonly LockValue[], value: number): boolean {
  return values.length > 0 && values.every((each) => each === value);
}

/** Reads the state of Knex's lock; needs its table. A batch of plain Knex that holds it uncommitted is not visible. */
export async function readKnexLock(
  connection: Connection,
  { lock }: KnexTables,
): Promise<KnexLockFacts> {
  const held = (await lockValues(connection, lock)).filter((value) => value !== 0);
  const unlock = unlockByHand(lock);
  if (held.length === 0) return { state: 'free', unlock };
  const verdict = await judgeLock(connection, held);
  const isFanfolds = held.every((value) => namesSession(value) || isRandomValue(value));
  if (verdict.kind === 'stale') return { state: isFanfolds ? 'ours' : 'abandoned', unlock };
  return { state: isFanfolds ? 'running' : 'knex', unlock };
}

/**
 * The statements that release this run's lock and end the transaction. They include COMMIT, because a migration
 * may have switched autocommit off, and allow updates without a key, which it may have forbidden.
 */
export function releaseKnexLock(tables: KnexTables, held: HeldLock): string[] {
  return [...unlockKnex(tables, held), COMMIT_ONLY];
}

/** The statements that release this run's lock, without the COMMIT. */
export function unlockKnex({ lock }: KnexTables, { value }: Pick<HeldLock, 'value'>): string[] {
  return [
    UPDATES_ALLOWED,
    `UPDATE ${lock} SET is_locked = 0 WHERE is_locked = ${value} ${ANY_ROWS}`,
  ];
}

/**
 * The statements that release this run's lock in any state in which a migration may leave the session: an open
 * transaction (rolled back), locked tables, read-only transactions, no autocommit, another database, limits on
 * updates and on time, a completion_type that would end the session.
 */
export function releaseInAnySession(tables: KnexTables, held: Pick<HeldLock, 'value'>): string {
  return [
    'ROLLBACK AND NO CHAIN NO RELEASE',
    'UNLOCK TABLES',
    START_WRITING,
    ...unlockKnex(tables, held),
    COMMIT_ONLY,
  ].join(';\n');
}

/** A COMMIT that neither starts a new transaction nor ends the session, whatever its completion_type. */
export const COMMIT_ONLY = 'COMMIT AND NO CHAIN NO RELEASE';
/** MariaDB's time limit also applies to writes; MySQL's does not, and has another name. */
const UPDATES_ALLOWED = 'SET SESSION sql_safe_updates = 0 /*M!, max_statement_time = 0 */';

/** The statement that releases the lock, for people to type. */
export function unlockByHand(lock: string): string {
  return `UPDATE ${lock} SET is_locked = 0`;
}

/** The values of all rows of the lock table. */
export async function lockValues(connection: Connection, lock: string): Promise<LockValue[]> {
  const rows = await query<RowDataPacket[]>(connection, readLock(lock));
  return rows.map(toValue);
}

/** The query for the values that {@link isOurs} compares. */
export function readLock(lock: string): string {
  return `SELECT is_locked FROM ${lock}`;
}

/** The value in a row of {@link readLock}. */
export function toValue({ is_locked: value }: RowDataPacket): LockValue {
  return value === null ? null : Number(value);
}
