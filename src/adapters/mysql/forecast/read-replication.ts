import type { Connection, RowDataPacket } from 'mysql2';
import type { Replication, Seen } from '../../../core/safety/forecast/tenant-facts.ts';
import { isServerError } from '../../server/server-error.ts';
import { type ServerFlavour, versionNumber } from '../../server/server-flavour.ts';
import { query } from '../connection/query.ts';

/** Sessions that send the binary log to a replica, and how many of them have not sent all of it yet. */
const REPLICAS =
  "SELECT COUNT(*) AS replicas, COALESCE(SUM(STATE NOT LIKE '%has sent all binlog%'), 0) AS sending FROM information_schema.PROCESSLIST WHERE COMMAND LIKE 'Binlog Dump%'";

/**
 * Reads how far the server is behind its source, if it has one, how many replicas read from it, and how many of those
 * have not been sent everything. A source does not know how far its replicas are with what they were sent.
 *
 * @param seesSessions whether this login sees the sessions of other users
 */
export async function readReplication(
  connection: Connection,
  { isMariaDb, number }: ServerFlavour,
  { seesSessions, timeoutMs }: { readonly seesSessions: boolean; readonly timeoutMs: number },
): Promise<Seen<Replication>> {
  const isNew = number >= (isMariaDb ? versionNumber(10, 5, 1) : versionNumber(8, 0, 22));
  try {
    const rows = await query<RowDataPacket[]>(
      connection,
      `SHOW ${isNew ? 'REPLICA' : 'SLAVE'} STATUS`,
      [],
      timeoutMs,
    );
    const [counted] = seesSessions
      ? await query<RowDataPacket[]>(connection, REPLICAS, [], timeoutMs)
      : [];
    const lags = rows.map((row) => row.Seconds_Behind_Source ?? row.Seconds_Behind_Master ?? null);
    return {
      seen: {
        ...(counted !== undefined && {
          replicas: Number(counted.replicas),
          replicasSending: Number(counted.sending),
        }),
        ...(lags.length > 0 && {
          behindSeconds: lags.includes(null) ? null : Math.max(...lags.map(Number)),
        }),
      },
    };
  } catch (error) {
    if (!isServerError(error)) throw error;
    return {
      hidden: `not visible to this login: it needs the ${isMariaDb ? 'REPLICA MONITOR' : 'REPLICATION CLIENT'} privilege`,
    };
  }
}
