import { ERRNO } from '../../../server/errno.ts';
import type { StatementKind } from '../../sql/statement-kind.ts';
import type { OpenTransaction } from './transaction-state.ts';

/** Errors after which the server has rolled back the whole transaction, not only the statement. */
const ENDS_TRANSACTION: readonly number[] = [ERRNO.ER_LOCK_DEADLOCK];

/**
 * Errors after which the server may have rolled back the transaction, depending on its settings:
 * innodb_rollback_on_timeout, a full lock table, MariaDB's innodb_snapshot_isolation.
 */
const MAY_END_TRANSACTION: readonly number[] = [
  ERRNO.ER_LOCK_WAIT_TIMEOUT,
  ERRNO.ER_LOCK_TABLE_FULL,
  ERRNO.ER_CHECKREAD,
];

/** Kinds of statements that may commit the open transaction before they fail. */
const COMMITTING: readonly StatementKind[] = ['ddl', 'opaque', 'locking'];

/**
 * The effect of a refused statement on the transaction:
 * - `rolled back`: the transaction was rolled back
 * - `maybe committed`: the next packet asks the server first
 * - `maybe rolled back`: the server is asked at once, because the attempt ends if it was
 * - `none`: only the statement itself was undone
 */
export type RefusalEffect = 'rolled back' | 'maybe committed' | 'maybe rolled back' | 'none';

/** Determines the effect of a refusal with this error on the open transaction. */
export function refusalEffect(
  kind: StatementKind,
  errno: number,
  open: OpenTransaction,
): RefusalEffect {
  if (ENDS_TRANSACTION.includes(errno)) return 'rolled back';
  if (COMMITTING.includes(kind)) return 'maybe committed';
  return open !== 'none' && MAY_END_TRANSACTION.includes(errno) ? 'maybe rolled back' : 'none';
}
