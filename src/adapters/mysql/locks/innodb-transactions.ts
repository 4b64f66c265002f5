import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, RowDataPacket } from 'mysql2';
import { ERRNO } from '../../server/errno.ts';
import { isServerError } from '../../server/server-error.ts';
import { query } from '../connection/query.ts';

/** A transaction of another session in InnoDB. */
export interface InnodbTransaction {
  /** Of its session. */
  readonly id: number;
  /** Seconds since it began. */
  readonly seconds: number;
  /** Whether it waits for the lock of a row or table. */
  readonly isWaiting: boolean;
}

const TRANSACTIONS = `SELECT trx_mysql_thread_id AS id, TIMESTAMPDIFF(SECOND, trx_started, NOW()) AS seconds,
    trx_state = 'LOCK WAIT' AS isWaiting
  FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id NOT IN (0, CONNECTION_ID())`;

/** How often the table is read again; the server refreshes it every 0.1 s. */
const MOST_TRIES = 5;
const LOOK_AGAIN_MS = 120;

/**
 * Reads the transactions of other sessions. Needs the PROCESS privilege, without which it throws an error of the
 * server. It also throws if the table cannot be read now, see {@link cannotBeReadNow}.
 */
export async function readInnodbTransactions(
  connection: Connection,
  timeoutMs?: number,
): Promise<InnodbTransaction[]> {
  for (let tries = 1; ; tries++) {
    try {
      const rows = await query<RowDataPacket[]>(connection, TRANSACTIONS, [], timeoutMs);
      return rows.map(({ id, seconds, isWaiting }) => ({
        ...{ id: Number(id), seconds: Number(seconds), isWaiting: Number(isWaiting) === 1 },
      }));
    } catch (error) {
      if (!cannotBeReadNow(error) || tries === MOST_TRIES) throw error;
      await sleep(LOOK_AGAIN_MS);
    }
  }
}

/**
 * Whether MySQL failed because a transaction runs a statement with a character of four bytes: the table's text of
 * statements is utf8mb3, and the server fails even if that column is not read.
 */
export function cannotBeReadNow(error: unknown): boolean {
  return isServerError(error) && error.errno === ERRNO.ER_CANNOT_CONVERT_STRING;
}
