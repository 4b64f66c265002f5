import { type Connection, escapeId, type RowDataPacket } from 'mysql2';
import { query } from '../connection/query.ts';

/**
 * The moment that pt-heartbeat has written last for a source, in milliseconds; undefined if there is none. Only the
 * difference between two of them means something: the program writes the time of its own machine and time zone.
 *
 * @param table `database.table`
 */
export async function readHeartbeat(
  connection: Connection,
  table: string,
  sourceId: number,
  timeoutMs: number,
): Promise<number | undefined> {
  const [row] = await query<RowDataPacket[]>(
    connection,
    `SELECT CAST(ts AS CHAR) AS ts FROM ${escapeId(table)} WHERE server_id = ?`,
    [sourceId],
    timeoutMs,
  );
  const at = Date.parse(`${String(row?.ts ?? '').replace(' ', 'T')}Z`);
  return Number.isNaN(at) ? undefined : at;
}

/** The longest time between two heartbeats that counts as alive: pt-heartbeat writes each second by default. */
const ALIVE_MS = 15_000;

/** Notices that nobody writes heartbeats any more: source and replica would look equal for ever. */
export function createHeartbeatWatch(now: () => number): (at: number) => boolean {
  let last: number | undefined;
  let changedAt = now();
  return (at) => {
    if (at !== last) changedAt = now();
    last = at;
    return now() - changedAt < ALIVE_MS;
  };
}
