import { ERRNO } from './errno.ts';
import type { StatementErrorEntry, StatementErrorMeaning } from './meaning.ts';
import { SCHEMA_ERRORS } from './schema-errors.ts';
import type { ServerError } from './server-error.ts';
import type { ServerFamily } from './server-flavour.ts';
import { SERVER_FULL, SESSION_READ_ONLY, STATE_ERRORS } from './state-errors.ts';

/** Facts about the server and the session beside the error. */
export interface ErrorCircumstances {
  /** Whose number it is; if that is not known, the message has to tell. */
  readonly family?: ServerFamily | undefined;
  /** Who takes no writes, if that was asked after an error that says so. */
  readonly readOnly?: 'server' | 'session' | undefined;
}

/**
 * The meaning of a server's error; `undefined` if it is not known (`StatementFailed`). A full disk has many numbers (3,
 * 1004, 1005, 1026, 1030 …), by what the server wanted to write, and says in brackets why it could not:
 * `Error writing file './ddl_recovery.log' (Errcode: 28 "No space left on device")`.
 */
export function meaningOf(
  error: Pick<ServerError, 'errno' | 'sqlMessage'>,
  { family, readOnly }: ErrorCircumstances = {},
): StatementErrorMeaning | undefined {
  const { errno, sqlMessage } = error;
  if (isReadOnlyTransaction(error) && readOnly === 'session') return SESSION_READ_ONLY;
  const known = MEANINGS.get(errno)?.find((entry) => fits(entry, sqlMessage, family));
  // ER_CANT_CREATE_TABLE is a foreign key that does not fit, most often. Other errors that are known
  // quote names and values, where anything may stand.
  const mayBeFull = known === undefined || errno === ERRNO.ER_CANT_CREATE_TABLE;
  return mayBeFull && OUT_OF_SPACE.test(sqlMessage) ? SERVER_FULL : known;
}

/**
 * Whether the server refused to write because of the transaction, which it says of a server that is
 * read-only by `transaction_read_only` and of a session that made itself so: only the server can tell.
 */
export function isReadOnlyTransaction({ errno }: Pick<ServerError, 'errno'>): boolean {
  return errno === ERRNO.ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION;
}

/** Whether the error is about the server as it is now, whatever the statement was. */
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

/** ENOSPC and EDQUOT. */
const OUT_OF_SPACE = /\b(?:err(?:no|code):?|error) (?:28|122)\b/i;

/** A number of one family is told by the family, if that is known, and by its words if it is not. */
function fits(
  entry: StatementErrorEntry,
  sqlMessage: string,
  family: ServerFamily | undefined,
): boolean {
  if (entry.family !== undefined && family !== undefined) return entry.family === family;
  return entry.says?.test(sqlMessage) ?? true;
}
