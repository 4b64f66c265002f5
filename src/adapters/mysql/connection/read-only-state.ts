import type { Connection, RowDataPacket } from 'mysql2';
import { query } from './query.ts';

/** MySQL's and MariaDB's; Aurora's readers have `innodb_read_only`. MariaDB renamed `tx_read_only` in 11.1. */
export const READ_ONLY_VARIABLES = `SHOW GLOBAL VARIABLES WHERE Variable_name IN
  ('read_only', 'super_read_only', 'innodb_read_only', 'transaction_read_only', 'tx_read_only')`;

/**
 * Asks who takes no writes, after an error that a session gives in both cases
 * (ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION): the server, which may be over soon, or only this session,
 * which made itself read-only and would fail each time. `undefined` if the server gives no answer.
 */
export async function whoIsReadOnly(
  connection: Connection,
): Promise<'server' | 'session' | undefined> {
  const rows = await query<RowDataPacket[]>(connection, READ_ONLY_VARIABLES).catch(() => []);
  if (rows.length === 0) return undefined;
  return isReadOnly(rows) ? 'server' : 'session';
}

/** Whether rows of {@link READ_ONLY_VARIABLES} say that the server takes no writes. */
export function isReadOnly(rows: readonly RowDataPacket[]): boolean {
  return rows.some(({ Value }) => !/^(OFF|0|)$/i.test(String(Value)));
}
