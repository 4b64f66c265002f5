import type { Connection, ResultSetHeader } from 'mysql2';
import { FanfoldError } from '../../../core/errors.ts';
import type { Note } from '../../../core/outcome.ts';
import type { KnexTables } from '../bookkeeping/knex-tables.ts';
import { query } from '../connection/query.ts';
import { judgeLock, LEAVING_MS, type Verdict } from './judge-lock.ts';
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
 * Takes the lock that was not found free, in a transaction of its own that stays open. Needs the
 * fence, which keeps others from doing the same, but is not a proof: a migration can release the fence
 * of its own session (docs/adr/0010-the-lock-names-its-session.md). Returns what was
 * cleared; throws `TenantBusy` (retryable) if somebody may hold it.
 */
export async function takeSetKnexLock(
  connection: Connection,
  tables: KnexTables,
  value: number,
): Promise<{ notes: Note[]; stale?: number | undefined }> {
  const { lock } = tables;
  // If the journal alone was missing there is a row, and it may be free; or there is none yet.
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
  // Only what was judged: whatever was written since is somebody's. In a new transaction, since what was
  // read in the old one would hide it.
  const [, updated, rows] = await query<[ResultSetHeader, ...LockAnswers] & ResultSetHeader[]>(
    connection,
    `${START_WRITING};\nUPDATE ${lock} SET is_locked = ${value} WHERE ${isOneOf(seen)} ${ANY_ROWS};\n${readLock(lock)}`,
  );
  if (!isLockTaken([updated, rows], value)) {
    await query(connection, 'ROLLBACK');
    // Nobody else can have changed what this transaction has written.
    throw updated.affectedRows === rows.length ? lockTooSmall(lock) : lockChanges(lock);
  }
  if (set.length === 0) return { notes: [] };
  const stale = set.find((each) => each !== null && namesSession(each)) ?? undefined;
  const notes: Note[] = [
    {
      code: 'StaleLockCleared',
      message:
        verdict.reason === 'its session is gone'
          ? "Cleared Knex's lock, which a killed run of Fanfold had left set."
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

/** `TenantBusy`: the lock is set, and may be somebody's. */
function lockHeld(
  lock: string,
  values: readonly LockValue[],
  { who, isFanfolds }: Extract<Verdict, { kind: 'held' }>,
): FanfoldError {
  const unlock = unlockByHand(lock);
  if (isFanfolds) {
    return busy(
      `Knex's migration lock in ${lock} was set by a run of Fanfold that may still be at work: ${who}.`,
      `Wait for that session to end; a migration that releases all advisory locks (RELEASE_ALL_LOCKS) gives the fence away while it works. If no migration is running, free the lock: ${unlock};`,
    );
  }
  if (values.includes(null)) {
    return busy(
      `Knex's migration lock in ${lock} is NULL, which neither Knex nor Fanfold writes and Knex takes for locked (${who}).`,
      `If no migration is running, free the lock: ${unlock};`,
    );
  }
  return busy(
    `Knex's migration lock is set in ${lock}: plain Knex is migrating, or was killed while it did (${who}).`,
    `If no Knex migration is running, free the lock: \`fanfold migrate:doctor <tenant> --fix\`, or ${unlock};`,
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
    `The column is_locked of ${lock} has no room for the value that Fanfold locks with. Nothing was changed.`,
    {
      fault: 'tenant',
      nextStep: `Give it the type that Knex gives it: ALTER TABLE ${lock} MODIFY is_locked INT;`,
    },
  );
}

/** `TenantBusy` (retryable). */
export function busy(message: string, nextStep: string): FanfoldError {
  return new FanfoldError('TenantBusy', message, {
    fault: 'tenant',
    retryable: true,
    nextStep,
    // The fence is another cause of the same code, with another next step.
    said: "Knex's lock",
  });
}
