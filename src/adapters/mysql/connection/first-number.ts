import type { Connection, RowDataPacket } from 'mysql2';
import { numberOf } from './number-of.ts';
import { query } from './query.ts';

/** The column `found` of the first row; `undefined` if there is no row, or no number in it. */
export async function firstNumber(
  connection: Connection,
  sql: string,
  timeoutMs?: number,
): Promise<number | undefined> {
  const [row] = await query<RowDataPacket[]>(connection, sql, [], timeoutMs);
  return numberOf(row?.found);
}
