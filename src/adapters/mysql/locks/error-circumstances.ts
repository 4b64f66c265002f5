import type { Connection } from 'mysql2';
import { ERRNO } from '../../server/errno.ts';
import type { ServerError } from '../../server/server-error.ts';
import { isReadOnlyTransaction } from '../../server/statement-errors.ts';
import { whoIsReadOnly } from '../connection/read-only-state.ts';
import { describeBlockers } from './lock-blockers.ts';

/** Facts that the server gives beside an error. */
export interface AskedCircumstances {
  /** Who was in the way, in sentences, if it was a lock that was waited for in vain. */
  readonly blockers?: string | undefined;
  /** Who takes no writes, if that is what the error is about. */
  readonly readOnly?: 'server' | 'session' | undefined;
}

/**
 * Asks the server what its error does not say, on the session that got it: who holds the lock, or who is
 * read-only. Asks nothing about any other error, and never throws.
 */
export async function circumstancesOf(
  connection: Connection,
  error: ServerError | undefined,
): Promise<AskedCircumstances> {
  if (error === undefined) return {};
  if (isReadOnlyTransaction(error)) return { readOnly: await whoIsReadOnly(connection) };
  if (error.errno === ERRNO.ER_LOCK_WAIT_TIMEOUT || error.errno === ERRNO.ER_LOCK_NOWAIT) {
    return { blockers: await describeBlockers(connection) };
  }
  return {};
}
