import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2';
import type { KnexLockFacts } from '../../../core/doctor/database-facts.ts';
import type { KnexTables } from '../bookkeeping/knex-tables.ts';
import { query } from '../connection/query.ts';
import { judgeLock } from './judge-lock.ts';
import { type HeldLock, isRandomValue, type LockValue, namesSession } from './lock-value.ts';

/** With `sql_safe_updates` the server refuses an UPDATE that uses no key, unless it has a limit. */
export const ANY_ROWS = 'LIMIT 1000';

/**
 * Statements that take Knex's own lock, so that plain Knex keeps off while Fanfold works. By UPDATE,
 * since a batch of plain Knex may hold the row in an open transaction, where reading still shows 0.
 * The transaction stays open: it is committed along with what comes next. {@link isLockTaken} reads
 * the answers of the last two.
 */
export function takeFreeKnexLock({ lock }: KnexTables, value: number): string[] {
  return [
    START_WRITING,
    `UPDATE ${lock} SET is_locked = ${value} WHERE is_locked = 0 ${ANY_ROWS}`,
    readLock(lock),
  ];
}

/** The same if the lock table may have no row yet, which is then made locked. */
export function makeKnexLock({ lock }: KnexTables, value: number): string[] {
  return [
    START_WRITING,
    `INSERT INTO ${lock} (is_locked) SELECT ${value} FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM ${lock})`,
    readLock(lock),
  ];
}

/** A session, or the server for all of them, may have transactions read-only that do not say otherwise. */
export const START_WRITING = 'START TRANSACTION READ WRITE';

/** The server's answers to the last two of these statements. */
export type LockAnswers = [updated: ResultSetHeader, locked: RowDataPacket[]];

/** Whether the lock is taken: all rows or none. If one of several is set, Knex takes the whole for locked. */
export function isLockTaken([updated, rows]: LockAnswers, value: number): boolean {
  return updated.affectedRows > 0 && isOurs(rows.map(toValue), value);
}

/** Whether all rows there are have this value. */
export function isOurs(values: readonly LockValue[], value: number): boolean {
  return values.length > 0 && values.every((each) => each === value);
}

/** How Knex's lock stands; needs its table. Reading does not show a batch of plain Knex that holds it uncommitted. */
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
 * Statements that free Knex's lock if it is this run's, and end the transaction. COMMIT, since a
 * migration may have turned autocommit off; and it may have forbidden updates that use no key.
 */
export function releaseKnexLock(tables: KnexTables, held: HeldLock): string {
  return [...unlockKnex(tables, held), COMMIT_ONLY].join(';\n');
}

/** The same, to be committed by whoever sends it. */
export function unlockKnex({ lock }: KnexTables, { value }: Pick<HeldLock, 'value'>): string[] {
  return [
    UPDATES_ALLOWED,
    `UPDATE ${lock} SET is_locked = 0 WHERE is_locked = ${value} ${ANY_ROWS}`,
  ];
}

/**
 * Statements that free Knex's lock if it is this run's, whatever a migration has left of the session:
 * an open transaction (rolled back), locked tables, read-only transactions, no autocommit, another
 * database, limits on updates and on time, a completion_type that would end the session.
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

/** Whatever the session's completion_type, no new transaction and no end of the session. */
export const COMMIT_ONLY = 'COMMIT AND NO CHAIN NO RELEASE';
/** MariaDB's limit on time is for writes as well; MySQL's is not, and has another name. */
const UPDATES_ALLOWED = 'SET SESSION sql_safe_updates = 0 /*M!, max_statement_time = 0 */';

/** The statement that frees the lock, for somebody to type. */
export function unlockByHand(lock: string): string {
  return `UPDATE ${lock} SET is_locked = 0`;
}

/** The values of all rows of the lock table. */
export async function lockValues(connection: Connection, lock: string): Promise<LockValue[]> {
  const rows = await query<RowDataPacket[]>(connection, readLock(lock));
  return rows.map(toValue);
}

/** The query for what {@link isOurs} judges. */
export function readLock(lock: string): string {
  return `SELECT is_locked FROM ${lock}`;
}

/** The value of a row that {@link readLock} gives. */
export function toValue({ is_locked: value }: RowDataPacket): LockValue {
  return value === null ? null : Number(value);
}
