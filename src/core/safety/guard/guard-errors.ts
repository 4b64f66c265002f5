import { FanfoldError } from '../../errors.ts';
import { formatBytes } from '../../wording/format-bytes.ts';
import { copyForecast } from './copy-forecast.ts';
import type { EffectiveGuard } from './effective-guard.ts';

/** The facts about a statement that a guard refuses. */
export interface RefusedByGuard {
  readonly table: string;
  /** Bytes of the table with its indexes; `undefined` if they could not be read. */
  readonly bytes: number | undefined;
  /** The words of the server that refused it, or what the statement itself demands. */
  readonly reason: string;
  readonly guard: EffectiveGuard;
  readonly isMariaDb: boolean;
  readonly cause?: unknown;
}

/** The error for a statement that needs a stronger lock than the guard allows. Nothing was changed. */
export function wouldLock(refused: RefusedByGuard): FanfoldError {
  const { lock } = refused.guard;
  const others = lock === 'none' ? 'writes of others' : 'reads and writes of others';
  const looser = lock === 'none' ? 'shared' : 'any';
  return new FanfoldError(
    'WouldLock',
    `The statement would block ${others} on table ${shownTable(refused)} while it runs, and "safety.lock" is "${lock}". ${facts(refused)}`,
    {
      fault: 'migration',
      nextStep: `Change the statement so that it needs no such lock${wayOn(refused)} If the lock is acceptable, allow it for this migration alone: \`export const safety = { lock: '${looser}', why: '…' }\``,
      cause: refused.cause,
    },
  );
}

/** The error for a statement that copies a table which is larger than the guard allows. Nothing was changed. */
export function wouldCopy(refused: RefusedByGuard): FanfoldError {
  const { copyBytes = 0 } = refused.guard;
  const limit = copyBytes === 0 ? '0: no table may be copied' : `${formatBytes(copyBytes)}`;
  return new FanfoldError(
    'WouldCopy',
    `The statement would copy all rows of table ${shownTable(refused)}, and "safety.copyBytes" is ${limit}. ${facts(refused)}${forecast(refused)}`,
    {
      fault: 'migration',
      nextStep: `Change the statement so that the table is not copied${wayOn(refused)} If the copy is acceptable, allow it for this migration alone: \`export const safety = { copyBytes: 'any', why: '…' }\``,
      cause: refused.cause,
    },
  );
}

/** The error for a statement that locks tables itself. It was not sent. */
export function wouldLockTables(lock: EffectiveGuard['lock']): FanfoldError {
  return new FanfoldError(
    'WouldLock',
    `The statement locks tables until the migration unlocks them, and "safety.lock" is "${lock}". It was not sent.`,
    {
      fault: 'migration',
      nextStep:
        "Leave the locks to the statements that need them. If they are acceptable, allow them for this migration alone: `export const safety = { lock: 'any', why: '…' }`",
    },
  );
}

/** The error for a statement about which no server can promise anything. It was not sent. */
export function cannotBeGuarded(why: string): FanfoldError {
  return new FanfoldError(
    'CannotBeGuarded',
    `The run has limits for statements ("safety"), and this one cannot be held to them: ${why}. It was not sent.`,
    {
      fault: 'migration',
      nextStep:
        "Send ALTER TABLE, CREATE INDEX or DROP INDEX by themselves. If the statement is harmless, allow it for this migration alone: `export const safety = { lock: 'any', copyBytes: 'any', why: '…' }`",
    },
  );
}

/** The end of a sentence that names the way on beyond the limits, if there is one that was not taken. */
function wayOn({ guard: { onlineChange }, isMariaDb }: RefusedByGuard): string {
  if (isMariaDb)
    return onlineChange === undefined
      ? ", or let MariaDB 11.2 or later copy it without a lock: `export const safety = { onlineChange: 'native' }`."
      : ', or use pt-online-schema-change by hand: this MariaDB does not copy it without a lock.';
  return ", or let Spirit or gh-ost change the table beside its users: `export const safety = { onlineChange: 'external' }`.";
}

function shownTable({ table, bytes }: RefusedByGuard): string {
  return bytes === undefined ? `\`${table}\`` : `\`${table}\` (${formatBytes(bytes)})`;
}

function facts({ reason }: RefusedByGuard): string {
  return `${reason} It has changed nothing.`;
}

function forecast({ table, bytes }: RefusedByGuard): string {
  const text = bytes === undefined ? '' : copyForecast(table, bytes);
  return text === '' ? '' : ` ${text}`;
}
