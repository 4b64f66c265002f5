import type { Connection, RowDataPacket } from 'mysql2';
import { query } from '../connection/query.ts';
import { describeSession, findSession, sessionsOnThisDatabase } from '../connection/sessions.ts';

/** Sessions that are named at most. */
const MOST = 3;

/**
 * Who may have held the lock that a statement waited for in vain, in words; `undefined` where the
 * server shows nobody. MySQL tells who holds metadata locks to those who may read its performance
 * schema; else the other sessions on the database are all that is known.
 */
export async function describeBlockers(connection: Connection): Promise<string | undefined> {
  try {
    const holders = await metadataLockHolders(connection);
    const named = holders.slice(0, MOST).map((id) => findSession(connection, id));
    const sessions = (await Promise.all(named)).filter((session) => session !== undefined);
    if (sessions.length > 0) {
      return `Locks on tables of this database are held by ${sessions.map(describeSession).join('; ')}.`;
    }
    const others = await sessionsOnThisDatabase(connection);
    if (others.length === 0) return undefined;
    return `Also on this database: ${others.slice(0, MOST).map(describeSession).join('; ')}.`;
  } catch {
    // It is the lock that failed the statement; that nobody can be named is no further failure.
    return undefined;
  }
}

async function metadataLockHolders(connection: Connection): Promise<number[]> {
  try {
    const rows = await query<RowDataPacket[]>(
      connection,
      `SELECT DISTINCT t.PROCESSLIST_ID AS id
       FROM performance_schema.metadata_locks AS l JOIN performance_schema.threads AS t ON t.THREAD_ID = l.OWNER_THREAD_ID
       WHERE l.OBJECT_TYPE = 'TABLE' AND l.OBJECT_SCHEMA = DATABASE() AND l.LOCK_STATUS = 'GRANTED' AND t.PROCESSLIST_ID <> CONNECTION_ID()`,
    );
    return rows.map(({ id }) => Number(id));
  } catch {
    return [];
  }
}
