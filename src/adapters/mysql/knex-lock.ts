import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2';
import type { KnexLockFacts } from '../../core/doctor/database-facts.ts';
import { FanfoldError } from '../../core/errors.ts';
import type { Note } from '../../core/outcome.ts';
import { createTables, extendJournal, type KnexTables } from './knex-tables.ts';
import { query } from './query.ts';
import { isServerError } from './server-error.ts';
import { describeSession, seesAllSessions, sessionsOnThisDatabase } from './sessions.ts';

/**
 * What Fanfold writes into Knex's lock row. Knex itself writes 1 and takes whatever is not 0 for
 * locked, so the value tells, under the fence, that a lock left behind is our own
 * (docs/adr/0001-lock-row-names-its-holder.md).
 */
const HELD_BY_FANFOLD = 2;

/**
 * Takes Knex's own lock, so that plain Knex keeps off while Fanfold works. Needs the fence. By UPDATE,
 * since a batch of plain Knex may hold the row in an open transaction, where reading still shows 0.
 * The transaction that takes it stays open: it is committed along with what comes next. Returns notes
 * on what was mended; throws `TenantBusy` (retryable) where plain Knex holds it.
 */
export async function takeKnexLock(connection: Connection, tables: KnexTables): Promise<Note[]> {
  const { lock } = tables;
  const first = await takeFreeLock(connection, lock);
  if (first === 'taken') return [];
  if (first === 'blocked') throw await lockBusy(connection, lock);

  const values = await lockValues(connection, lock);
  if (values.length === 0) {
    // Under the fence nobody else of us does the same; plain Knex would add a row just like it.
    await query(connection, `INSERT INTO ${lock} (is_locked) VALUES (${HELD_BY_FANFOLD})`);
    return [];
  }
  const ours = values.every((value) => value === 0 || value === HELD_BY_FANFOLD);
  if (!ours && !(await nobodyElseIsHere(connection))) throw await lockBusy(connection, lock);
  await query(connection, `UPDATE ${lock} SET is_locked = ${HELD_BY_FANFOLD}`);
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

/**
 * Makes what is missing of the tables, or of the journal's columns where it is `outdated`, and takes
 * the lock along with making its row, in a transaction that stays open. Returns whether
 * it did: else there was a row before, and whose it is remains to be seen. Throws `TenantBusy` as
 * {@link takeKnexLock} does.
 */
export async function makeTablesLocked(
  connection: Connection,
  tables: KnexTables,
  outdated: boolean,
): Promise<boolean> {
  const { lock } = tables;
  try {
    const results = await query<ResultSetHeader[]>(
      connection,
      `${outdated ? `${extendJournal(tables)};\n` : ''}${createTables(tables)};
       START TRANSACTION;
       INSERT INTO ${lock} (is_locked) SELECT ${HELD_BY_FANFOLD} FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM ${lock})`,
    );
    return results.at(-1)?.affectedRows === 1;
  } catch (error) {
    if (isHeldByKnex(error)) throw await lockBusy(connection, lock);
    throw error;
  }
}

/** All rows or none: where one of several is set, Knex takes the whole for locked, and so do we. */
async function takeFreeLock(
  connection: Connection,
  lock: string,
): Promise<'taken' | 'refused' | 'blocked'> {
  const free = `NOT EXISTS (SELECT 1 FROM (SELECT is_locked FROM ${lock}) AS held WHERE held.is_locked <> 0)`;
  try {
    const [, updated] = await query<ResultSetHeader[]>(
      connection,
      `START TRANSACTION;
       UPDATE ${lock} SET is_locked = ${HELD_BY_FANFOLD} WHERE is_locked = 0 AND ${free}`,
    );
    return (updated?.affectedRows ?? 0) > 0 ? 'taken' : 'refused';
  } catch (error) {
    if (isHeldByKnex(error)) return 'blocked';
    throw error;
  }
}

/** ER_LOCK_WAIT_TIMEOUT: a transaction of plain Knex holds the row. */
function isHeldByKnex(error: unknown): boolean {
  return isServerError(error) && error.errno === 1205;
}

async function lockValues(connection: Connection, lock: string): Promise<number[]> {
  const rows = await query<RowDataPacket[]>(connection, `SELECT is_locked FROM ${lock}`);
  return rows.map((row) => Number(row.is_locked));
}

async function nobodyElseIsHere(connection: Connection): Promise<boolean> {
  const others = await sessionsOnThisDatabase(connection);
  return others.length === 0 && (await seesAllSessions(connection));
}

async function lockBusy(connection: Connection, lock: string): Promise<FanfoldError> {
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
