import type { Connection } from 'mysql2';
import { firstNumber } from '../connection/first-number.ts';

/** Seconds that the slowest reader of an Aurora cluster is late: the writer knows it, and any user may ask. */
export function readReadersLag(
  connection: Connection,
  timeoutMs?: number,
): Promise<number | undefined> {
  return firstNumber(
    connection,
    "SELECT MAX(replica_lag_in_milliseconds) / 1000 AS found FROM information_schema.replica_host_status WHERE session_id <> 'MASTER_SESSION_ID'",
    timeoutMs,
  );
}

/**
 * Transactions that the slowest member of Group Replication has received and not applied. Any member
 * knows it of the others; without a group there is no row.
 */
export function readApplierQueue(
  connection: Connection,
  timeoutMs?: number,
): Promise<number | undefined> {
  return firstNumber(
    connection,
    'SELECT MAX(COUNT_TRANSACTIONS_REMOTE_IN_APPLIER_QUEUE) AS found FROM performance_schema.replication_group_member_stats WHERE MEMBER_ID <> @@server_uuid',
    timeoutMs,
  );
}
