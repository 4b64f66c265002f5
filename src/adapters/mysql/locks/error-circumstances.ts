import type { Connection, RowDataPacket } from 'mysql2';
import { ERRNO } from '../../server/errno.ts';
import type { ServerError } from '../../server/server-error.ts';
import { isReadOnlyTransaction, meaningOf } from '../../server/statement-errors.ts';
import { query } from '../connection/query.ts';
import { readOnlyScope } from '../connection/read-only-state.ts';
import { describeBlockers } from './lock-blockers.ts';

/** Facts that the server provides in addition to an error. */
export interface AskedCircumstances {
  /** The sessions that held the lock, in sentences, if a lock wait timed out. */
  readonly blockers?: string | undefined;
  /** Whether the server or only the session is read-only, if the error is about that. */
  readonly readOnly?: 'server' | 'session' | undefined;
  /** The account that lacks a privilege, as `user@host`. */
  readonly account?: string | undefined;
}

/**
 * Asks the server for facts that its error does not contain, on the same session: the holder of a lock, what is
 * read-only, or the account that lacks a privilege. For other errors it asks nothing. Never throws.
 */
export async function circumstancesOf(
  connection: Connection,
  error: ServerError | undefined,
): Promise<AskedCircumstances> {
  if (error === undefined) return {};
  if (isReadOnlyTransaction(error)) return { readOnly: await readOnlyScope(connection) };
  if (error.errno === ERRNO.ER_LOCK_WAIT_TIMEOUT || error.errno === ERRNO.ER_LOCK_NOWAIT) {
    return { blockers: await describeBlockers(connection) };
  }
  if (meaningOf(error)?.code === 'PrivilegeMissing')
    return { account: await readAccount(connection) };
  return {};
}

/** Reads the account, because the error names the client's host and not the host of the account. */
async function readAccount(connection: Connection): Promise<string | undefined> {
  try {
    const [row] = await query<RowDataPacket[]>(connection, 'SELECT CURRENT_USER() AS account');
    return row === undefined ? undefined : String(row.account);
  } catch {
    return undefined;
  }
}
