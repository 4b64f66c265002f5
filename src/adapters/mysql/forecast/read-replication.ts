import type { Connection } from 'mysql2';
import type { Replication, Seen } from '../../../core/safety/forecast/tenant-facts.ts';
import { isServerError } from '../../server/server-error.ts';
import type { ServerFlavour } from '../../server/server-flavour.ts';
import { readOtherSessions } from '../connection/process-list.ts';
import { readApplierQueue, readReadersLag } from '../replicas/lag-of-cluster.ts';
import { readReplicaNames } from '../replicas/replica-names.ts';
import { readReplicaStatus } from '../replicas/replica-status.ts';

/** Commands of sessions that send the binary log to a replica. */
const REPLICAS = ['Binlog Dump', 'Binlog Dump GTID'];

/**
 * Reads how far the server is behind its source, if it has one, how many replicas read from it, and how many of those
 * have not been sent everything; of a cluster that knows it, how late its other members are. Another source does not
 * know how far its replicas are with what they were sent.
 *
 * @param seesSessions whether this login sees the sessions of other users
 */
export async function readReplication(
  connection: Connection,
  { isMariaDb }: Pick<ServerFlavour, 'isMariaDb'>,
  { seesSessions, timeoutMs }: { readonly seesSessions: boolean; readonly timeoutMs: number },
): Promise<Seen<Replication>> {
  const unlessHidden = async <Fact>(fact: Promise<Fact>) => {
    try {
      return await fact;
    } catch (error) {
      if (isServerError(error)) return undefined;
      throw error;
    }
  };
  const channels = await unlessHidden(readReplicaStatus(connection, isMariaDb, timeoutMs));
  const readersLateSeconds = isMariaDb
    ? undefined
    : await unlessHidden(readReadersLag(connection, timeoutMs));
  const applierQueue = isMariaDb
    ? undefined
    : await unlessHidden(readApplierQueue(connection, timeoutMs));
  const isCluster = readersLateSeconds !== undefined || applierQueue !== undefined;
  if (channels === undefined && !isCluster) {
    return {
      hidden: `not visible to this login: it needs the ${isMariaDb ? 'REPLICA MONITOR' : 'REPLICATION CLIENT'} privilege`,
    };
  }
  const replicas = seesSessions
    ? await readOtherSessions(connection, { command: REPLICAS }, timeoutMs)
    : undefined;
  const names = await unlessHidden(readReplicaNames(connection, isMariaDb, timeoutMs));
  const lags = (channels ?? []).map(({ behindSeconds }) => behindSeconds);
  return {
    seen: {
      ...(replicas !== undefined && {
        replicas: replicas.length,
        replicasSending: replicas.filter(({ state }) => !/has sent all binlog/i.test(state ?? ''))
          .length,
      }),
      ...(names !== undefined && names.length > 0 && { replicaNames: names }),
      ...(lags.length > 0 && {
        behindSeconds: lags.includes(undefined) ? null : Math.max(...lags.map(Number)),
      }),
      ...(readersLateSeconds !== undefined && { readersLateSeconds }),
      ...(applierQueue !== undefined && { applierQueue }),
    },
  };
}
