import type { Connection, RowDataPacket } from 'mysql2';
import type { OpenTransaction, Seen } from '../../../core/safety/forecast/tenant-facts.ts';
import { isServerError } from '../../server/server-error.ts';
import { query } from '../connection/query.ts';

/** Seconds from which on a transaction counts as long: a statement gives up its wait for a lock after as many. */
const LONG = 10;

/** Sessions that have chosen this database: those of another one rarely use its tables. */
const TRANSACTIONS = `SELECT t.trx_mysql_thread_id AS id, p.USER AS user,
    TIMESTAMPDIFF(SECOND, t.trx_started, NOW()) AS seconds
  FROM information_schema.INNODB_TRX AS t
    JOIN information_schema.PROCESSLIST AS p ON p.ID = t.trx_mysql_thread_id
  WHERE t.trx_mysql_thread_id NOT IN (0, CONNECTION_ID()) AND p.DB = DATABASE()`;

/** Reads transactions on this database that have been open for long. */
export async function readTransactions(
  connection: Connection,
  timeoutMs: number,
): Promise<Seen<readonly OpenTransaction[]>> {
  try {
    const rows = await query<RowDataPacket[]>(connection, TRANSACTIONS, [], timeoutMs);
    const open = rows.map(({ id, user, seconds }) => ({
      id: Number(id),
      user: String(user),
      seconds: Number(seconds),
    }));
    return { seen: open.filter(({ seconds }) => seconds >= LONG) };
  } catch (error) {
    if (!isServerError(error)) throw error;
    return { hidden: 'not visible to this login: it needs the PROCESS privilege' };
  }
}
