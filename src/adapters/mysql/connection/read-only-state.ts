import type { Connection, RowDataPacket } from 'mysql2';
import { query } from './query.ts';

/** Reads the variables of MySQL and MariaDB; Aurora's readers have `innodb_read_only`. MariaDB renamed `tx_read_only` in 11.1. */
export const READ_ONLY_VARIABLES = `SHOW GLOBAL VARIABLES WHERE Variable_name IN
  ('read_only', 'super_read_only', 'innodb_read_only', 'transaction_read_only', 'tx_read_only')`;

/**
 * Determines what is read-only after ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION, which means either: the
 * server, perhaps only for a while, or this session, which made itself read-only and would fail again.
 * `undefined` if the server does not answer.
 */
export async function readOnlyScope(
  connection: Connection,
): Promise<'server' | 'session' | undefined> {
  const rows = await query<RowDataPacket[]>(connection, READ_ONLY_VARIABLES).catch(() => []);
  if (rows.length === 0) return undefined;
  return isReadOnly(rows) ? 'server' : 'session';
}

/** Whether the rows of {@link READ_ONLY_VARIABLES} mean that the server is read-only. */
export function isReadOnly(rows: readonly RowDataPacket[]): boolean {
  return rows.some(({ Value }) => !/^(OFF|0|)$/i.test(String(Value)));
}
