import { ERRNO } from '../../../server/errno.ts';
import type { StatementKind } from '../../sql/statement-kind.ts';
import type { OpenTransaction } from './transaction-state.ts';

/** Errors with which the server rolls back the whole transaction, not just the statement. */
const ENDS_TRANSACTION: readonly number[] = [ERRNO.ER_LOCK_DEADLOCK];

/**
 * Errors with which it may have, as it is set up: innodb_rollback_on_timeout, a full lock table,
 * MariaDB's innodb_snapshot_isolation.
 */
const MAY_END_TRANSACTION: readonly number[] = [
  ERRNO.ER_LOCK_WAIT_TIMEOUT,
  ERRNO.ER_LOCK_TABLE_FULL,
  ERRNO.ER_CHECKREAD,
];

/** Kinds of statements that commit what is open before they fail, or may have. */
const COMMITTING: readonly StatementKind[] = ['ddl', 'opaque', 'locking'];

/**
 * How a statement that the server refused changed the transaction:
 * - `rolled back`: all of it is gone
 * - `maybe committed`: nothing more is needed before the next packet, which asks
 * - `maybe rolled back`: the session is asked at once, since the attempt ends if it is
 * - `none`: only the statement itself was undone
 */
export type RefusalEffect = 'rolled back' | 'maybe committed' | 'maybe rolled back' | 'none';

/** How the refusal of a statement of this kind with this error changed the transaction that is open. */
export function refusalEffect(
  kind: StatementKind,
  errno: number,
  open: OpenTransaction,
): RefusalEffect {
  if (ENDS_TRANSACTION.includes(errno)) return 'rolled back';
  if (COMMITTING.includes(kind)) return 'maybe committed';
  return open !== 'none' && MAY_END_TRANSACTION.includes(errno) ? 'maybe rolled back' : 'none';
}
