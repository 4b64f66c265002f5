import type { Connection } from 'mysql2';
import type { OpenTransaction, Seen } from '../../../core/safety/forecast/tenant-facts.ts';
import { isServerError } from '../../server/server-error.ts';
import { readOtherSessions } from '../connection/process-list.ts';
import { cannotBeReadNow, readInnodbTransactions } from '../locks/innodb-transactions.ts';

/** Seconds from which on a transaction counts as long: a statement gives up its wait for a lock after as many. */
const LONG = 10;

/** Why a login does not see transactions. */
const NEEDS_PROCESS = 'not visible to this login: it needs the PROCESS privilege';
const NOT_NOW =
  'could not be read: MySQL does not show transactions while one of them runs a statement with a character of four bytes';

/**
 * Reads transactions that have been open for long, of sessions that have chosen this database: those of another one
 * rarely use its tables.
 */
export async function readTransactions(
  connection: Connection,
  timeoutMs: number,
): Promise<Seen<readonly OpenTransaction[]>> {
  try {
    const all = await readInnodbTransactions(connection, timeoutMs);
    const long = new Map(
      all.filter(({ seconds }) => seconds >= LONG).map(({ id, seconds }) => [id, seconds] as const),
    );
    const sessions = await readOtherSessions(connection, { id: [...long.keys()] }, timeoutMs);
    const here = connection.config.database?.toLowerCase();
    return {
      seen: sessions
        .filter(({ database }) => database?.toLowerCase() === here)
        .map(({ id, user }) => ({ id, user, seconds: long.get(id) ?? 0 })),
    };
  } catch (error) {
    if (!isServerError(error)) throw error;
    return { hidden: cannotBeReadNow(error) ? NOT_NOW : NEEDS_PROCESS };
  }
}

/** Whether this login has the PROCESS privilege, without which it is not shown the sessions of other users. */
export function showsSessions(transactions: Seen<readonly OpenTransaction[]>): boolean {
  return 'seen' in transactions || transactions.hidden !== NEEDS_PROCESS;
}
