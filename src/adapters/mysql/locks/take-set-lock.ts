import type { Connection, ResultSetHeader } from 'mysql2';
import { FanfoldError } from '../../../core/errors.ts';
import type { Note, OwnNote } from '../../../core/outcome.ts';
import type { KnexTables } from '../bookkeeping/knex-tables.ts';
import { query } from '../connection/query.ts';
import { judgeLock, LEAVING_MS, type LockVerdict } from './judge-lock.ts';
import {
  ANY_ROWS,
  isLockTaken,
  type LockAnswers,
  lockValues,
  makeKnexLock,
  readLock,
  START_WRITING,
  takeFreeKnexLock,
  unlockByHand,
} from './knex-lock.ts';
import { type LockValue, namesSession } from './lock-value.ts';

/**
 * Takes a lock that is not free, in a new transaction that stays open. Needs the fence, which prevents others
 * from doing the same, but does not prove that the lock is stale: a migration can release the fence of its own
 * session (docs/adr/0010-the-lock-names-its-session.md). Returns a note about a cleared lock; throws
 * `TenantBusy` (retryable) if somebody may hold it.
 */
export async function takeSetKnexLock(
  connection: Connection,
  tables: KnexTables,
  value: number,
): Promise<{ notes: Note[]; stale?: number | undefined }> {
  const { lock } = tables;
  // If only the journal was missing, the row may exist and be free; otherwise there may be no row yet.
  for (const statements of [takeFreeKnexLock, makeKnexLock]) {
    const packet = ['ROLLBACK', ...statements(tables, value)].join(';\n');
    const answers = await query<ResultSetHeader[]>(connection, packet);
    if (isLockTaken(answers.slice(-2) as unknown as LockAnswers, value)) return { notes: [] };
  }
  await query(connection, 'ROLLBACK');
  const seen = await lockValues(connection, lock);
  const set = seen.filter((each) => each !== 0);
  const verdict = await judgeLock(connection, set, LEAVING_MS);
  if (verdict.kind === 'held') throw lockHeld(lock, seen, verdict);
  // The update replaces only the judged values, because a value written since belongs to somebody. It needs a
  // new transaction, because the snapshot of the old one would hide such a value.
  const [, updated, rows] = await query<[ResultSetHeader, ...LockAnswers] & ResultSetHeader[]>(
    connection,
    `${START_WRITING};\nUPDATE ${lock} SET is_locked = ${value} WHERE ${isOneOf(seen)} ${ANY_ROWS};\n${readLock(lock)}`,
  );
  if (!isLockTaken([updated, rows], value)) {
    await query(connection, 'ROLLBACK');
    // If all rows were updated, nobody else has changed them, so the column cannot hold the value.
    throw updated.affectedRows === rows.length ? lockTooSmall(lock) : lockChanges(lock);
  }
  if (set.length === 0) return { notes: [] };
  const stale = set.find((each) => each !== null && namesSession(each)) ?? undefined;
  const notes: OwnNote[] = [
    {
      code: 'StaleLockCleared',
      message:
        verdict.reason === 'its session is gone'
          ? "Cleared Knex's lock, which a killed Fanfold run had left set."
          : "Cleared Knex's lock, which was set although no other session uses the database.",
    },
  ];
  return { notes, stale };
}

function isOneOf(values: readonly LockValue[]): string {
  const numbers = values.filter((value) => value !== null);
  const tests = [
    ...(numbers.length > 0 ? [`is_locked IN (${[...new Set(numbers)].join(', ')})`] : []),
    ...(numbers.length < values.length ? ['is_locked IS NULL'] : []),
  ];
  return `(${tests.join(' OR ')})`;
}

/** The `TenantBusy` error for a lock that somebody may hold. */
function lockHeld(
  lock: string,
  values: readonly LockValue[],
  { who, isFanfolds }: Extract<LockVerdict, { kind: 'held' }>,
): FanfoldError {
  const unlock = unlockByHand(lock);
  if (isFanfolds) {
    return busy(
      `Knex's migration lock in ${lock} was set by a Fanfold run that may still be working: ${who}.`,
      `Wait for that session to end; a migration that calls RELEASE_ALL_LOCKS releases the fence while it works. If no migration is running, release the lock: ${unlock};`,
    );
  }
  if (values.includes(null)) {
    return busy(
      `Knex's migration lock in ${lock} is NULL, which neither Knex nor Fanfold writes and which Knex treats as locked (${who}).`,
      `If no migration is running, release the lock: ${unlock};`,
    );
  }
  return busy(
    `Knex's migration lock is set in ${lock}: plain Knex is migrating, or was killed while it did (${who}).`,
    `If no Knex migration is running, release the lock: \`fanfold migrate:doctor <tenant> --fix\`, or ${unlock};`,
  );
}

function lockChanges(lock: string): FanfoldError {
  return busy(
    `Knex's migration lock in ${lock} was taken by somebody else at the same time.`,
    'Wait for the other migration to end.',
  );
}

function lockTooSmall(lock: string): FanfoldError {
  return new FanfoldError(
    'BookkeepingFailed',
    `The column is_locked of ${lock} is too small for Fanfold's lock value. Nothing was changed.`,
    {
      fault: 'tenant',
      nextStep: `Restore Knex's type: ALTER TABLE ${lock} MODIFY is_locked INT;`,
    },
  );
}

/** The `TenantBusy` error (retryable) for Knex's lock. */
export function busy(message: string, nextStep: string): FanfoldError {
  return new FanfoldError('TenantBusy', message, {
    fault: 'tenant',
    retryable: true,
    nextStep,
    // Distinguishes it from a busy fence, which has the same code but another next step.
    said: "Knex's lock",
  });
}
