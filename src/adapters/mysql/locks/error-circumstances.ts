import type { Connection, RowDataPacket } from 'mysql2';
import { ERRNO } from '../../server/errno.ts';
import type { ServerError } from '../../server/server-error.ts';
import { isReadOnlyTransaction, meaningOf } from '../../server/statement-errors.ts';
import { query } from '../connection/query.ts';
import { whoIsReadOnly } from '../connection/read-only-state.ts';
import { describeBlockers } from './lock-blockers.ts';

/** Facts that the server gives beside an error. */
export interface AskedCircumstances {
  /** Who was in the way, in sentences, if it was a lock that was waited for in vain. */
  readonly blockers?: string | undefined;
  /** Who takes no writes, if that is what the error is about. */
  readonly readOnly?: 'server' | 'session' | undefined;
  /** The account that lacks a privilege, as `user@host`. */
  readonly account?: string | undefined;
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
  if (meaningOf(error)?.code === 'PrivilegeMissing')
    return { account: await readAccount(connection) };
  return {};
}

/** The message names the host that the client comes from, and not what the account was made for. */
async function readAccount(connection: Connection): Promise<string | undefined> {
  try {
    const [row] = await query<RowDataPacket[]>(connection, 'SELECT CURRENT_USER() AS account');
    return row === undefined ? undefined : String(row.account);
  } catch {
    return undefined;
  }
}
