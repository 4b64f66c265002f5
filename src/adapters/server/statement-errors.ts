import { ERRNO } from './errno.ts';
import type { StatementErrorEntry, StatementErrorMeaning } from './meaning.ts';
import { SCHEMA_ERRORS } from './schema-errors.ts';
import type { ServerError } from './server-error.ts';
import type { ServerFamily } from './server-flavour.ts';
import { SERVER_FULL, SESSION_READ_ONLY, STATE_ERRORS } from './state-errors.ts';

/** Facts about the server and the session beside the error. */
export interface ErrorCircumstances {
  /** The family that defines the error number; if unknown, the message decides. */
  readonly family?: ServerFamily | undefined;
  /** Which of the two is read-only, if that was determined after such an error. */
  readonly readOnly?: 'server' | 'session' | undefined;
}

/**
 * The meaning of a server's error; `undefined` if it is unknown (`StatementFailed`). A full disk has many
 * numbers (3, 1004, 1005, 1026, 1030 …), depending on the file, with the reason in brackets:
 * `Error writing file './ddl_recovery.log' (Errcode: 28 "No space left on device")`.
 */
export function meaningOf(
  error: Pick<ServerError, 'errno' | 'sqlMessage'>,
  { family, readOnly }: ErrorCircumstances = {},
): StatementErrorMeaning | undefined {
  const { errno, sqlMessage } = error;
  if (isReadOnlyTransaction(error) && readOnly === 'session') return SESSION_READ_ONLY;
  const known = MEANINGS.get(errno)?.find((entry) => fits(entry, sqlMessage, family));
  // ER_CANT_CREATE_TABLE usually means an unsuitable foreign key, but can mean a full disk. The messages of
  // other known errors quote names and values, which may contain any text, so they are not searched.
  const mayBeFull = known === undefined || errno === ERRNO.ER_CANT_CREATE_TABLE;
  return mayBeFull && OUT_OF_SPACE.test(sqlMessage) ? SERVER_FULL : known;
}

/**
 * Whether the server refused to write in a read-only transaction. The number is the same for a server with
 * `transaction_read_only` and for a session that set it, so the server must be queried to distinguish them.
 */
export function isReadOnlyTransaction({ errno }: Pick<ServerError, 'errno'>): boolean {
  return errno === ERRNO.ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION;
}

/** Whether the error is about the current state of the server and not about the statement. */
export function isServerState({ code }: StatementErrorMeaning): boolean {
  return SERVER_STATES.has(code);
}

const SERVER_STATES: ReadonlySet<string> = new Set([
  'ServerFull',
  'ServerReadOnly',
  'ServerNotReady',
  'ServerOverloaded',
  'UserLimitReached',
]);

const MEANINGS: ReadonlyMap<number, readonly StatementErrorEntry[]> = Map.groupBy(
  [...SCHEMA_ERRORS, ...STATE_ERRORS].map(([errno, entry]) => ({ errno, ...entry })),
  ({ errno }) => errno,
);

/** The system errors ENOSPC and EDQUOT. */
const OUT_OF_SPACE = /\b(?:err(?:no|code):?|error) (?:28|122)\b/i;

/** Matches an entry of one family by the family if it is known, else by the message. */
function fits(
  entry: StatementErrorEntry,
  sqlMessage: string,
  family: ServerFamily | undefined,
): boolean {
  if (entry.family !== undefined && family !== undefined) return entry.family === family;
  return entry.says?.test(sqlMessage) ?? true;
}
