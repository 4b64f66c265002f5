import type { Connection, RowDataPacket } from 'mysql2';
import type { Replication, Seen } from '../../../core/safety/forecast/tenant-facts.ts';
import { isServerError } from '../../server/server-error.ts';
import { type ServerFlavour, versionNumber } from '../../server/server-flavour.ts';
import { readOtherSessions } from '../connection/process-list.ts';
import { query } from '../connection/query.ts';

/** Commands of sessions that send the binary log to a replica. */
const REPLICAS = ['Binlog Dump', 'Binlog Dump GTID'];

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
    const replicas = seesSessions
      ? await readOtherSessions(connection, { command: REPLICAS }, timeoutMs)
      : undefined;
    const lags = rows.map((row) => row.Seconds_Behind_Source ?? row.Seconds_Behind_Master ?? null);
    return {
      seen: {
        ...(replicas !== undefined && {
          replicas: replicas.length,
          replicasSending: replicas.filter(({ state }) => !/has sent all binlog/i.test(state ?? ''))
            .length,
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
