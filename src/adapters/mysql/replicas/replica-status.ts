import type { Connection, RowDataPacket } from 'mysql2';
import { ERRNO } from '../../server/errno.ts';
import { isServerError } from '../../server/server-error.ts';
import { numberOf } from '../connection/number-of.ts';
import { query } from '../connection/query.ts';

/** A channel over which a server replicates, as the server shows it. */
export interface ReplicaChannel {
  /** `server_id` of its source; 0 before it was connected for the first time. */
  readonly sourceId: number;
  readonly source: string;
  /** Seconds after its source, without a delay that is configured; undefined if it does not replicate at present. */
  readonly behindSeconds: number | undefined;
  /** The delay that is configured, in seconds. */
  readonly delaySeconds: number;
  /** Why it does not replicate, as a clause without the server's words: those may quote rows. */
  readonly stopped: string | undefined;
}

/** Reads the channels of a replica; none of a server that is not one. Needs `REPLICATION CLIENT`, MariaDB `REPLICA MONITOR`. */
export async function readReplicaStatus(
  connection: Connection,
  isMariaDb: boolean,
  timeoutMs?: number,
): Promise<ReplicaChannel[]> {
  const ask = (sql: string) => query<RowDataPacket[]>(connection, sql, [], timeoutMs);
  // MySQL shows all channels by itself.
  if (isMariaDb) return (await ask('SHOW ALL SLAVES STATUS')).map(channelOf);
  const rows = await ask('SHOW REPLICA STATUS').catch((error: unknown) => {
    // MySQL before 8.0.22.
    if (isServerError(error) && error.errno === ERRNO.ER_PARSE_ERROR)
      return ask('SHOW SLAVE STATUS');
    throw error;
  });
  return rows.map(channelOf);
}

function channelOf(row: RowDataPacket): ReplicaChannel {
  const of = (name: string): unknown =>
    row[name] ?? row[name.replace('Source', 'Master').replace('Replica', 'Slave')];
  const behind = numberOf(of('Seconds_Behind_Source'));
  const delaySeconds = numberOf(row.SQL_Delay) ?? 0;
  return {
    sourceId: numberOf(of('Source_Server_Id')) ?? 0,
    source: `${of('Source_Host')}:${of('Source_Port')}`,
    behindSeconds: behind === undefined ? undefined : Math.max(0, behind - delaySeconds),
    delaySeconds,
    stopped:
      behind !== undefined
        ? undefined
        : of('Replica_SQL_Running') !== 'Yes'
          ? `its SQL thread is stopped${errorOf(row.Last_SQL_Errno)}`
          : `it is not connected to its source${errorOf(row.Last_IO_Errno)}`,
  };
}

function errorOf(errno: unknown): string {
  const number = numberOf(errno) ?? 0;
  return number === 0 ? '' : ` (error ${number})`;
}
