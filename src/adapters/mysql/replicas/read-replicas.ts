import type { Connection, RowDataPacket } from 'mysql2';
import { isFanfoldError } from '../../../core/errors.ts';
import type { UserLogin } from '../../../core/ports.ts';
import type {
  ReadReplicas,
  ReplicaLag,
  ReplicaStanding,
} from '../../../core/replicas/replica-standing.ts';
import { hostKey, type ServerAddress, serverName } from '../../../core/tenant.ts';
import { findServerError } from '../../server/server-error.ts';
import { type ConnectionOptions, usingConnection } from '../connection/connection.ts';
import { query } from '../connection/query.ts';
import { readServerFlavour } from '../connection/read-server-flavour.ts';
import { createHeartbeatWatch, readHeartbeat } from './heartbeats.ts';
import { type ReplicaChannel, readReplicaStatus } from './replica-status.ts';

/** In milliseconds; short, because a lag that comes late is of no use. */
const TIMEOUT_MS = 3_000;
/** An answer is used by all who ask within this time: tenants of a server share its replicas. */
const FRESH_MS = 900;

export interface ReplicaReaderOptions extends Pick<ConnectionOptions, 'tls' | 'iamToken'> {
  readonly findReplicas: (source: ServerAddress) => readonly ServerAddress[];
  /** The login for a server. A rejection makes its replicas unread. */
  readonly findLogin: (server: ServerAddress) => Promise<UserLogin>;
  /** The table of pt-heartbeat, `database.table`. */
  readonly heartbeat?: string | undefined;
}

/** The source as its replicas know it. */
interface Source {
  /** Undefined if it cannot be asked. */
  readonly id: number | undefined;
  /** The newest heartbeat there, in milliseconds, or why there is none. */
  readonly heartbeat: { readonly at: number } | { readonly unread: string };
}

/**
 * Creates the function that asks the replicas of a server how late they are, each over a connection of its own. With
 * a heartbeat, the one on a replica is compared with that on the source, which needs neither equal clocks nor equal
 * time zones.
 */
export function createReplicaReader(options: ReplicaReaderOptions): ReadReplicas {
  const answers = new Map<string, { at: number; answer: Promise<readonly ReplicaStanding[]> }>();
  const watches = new Map<string, (at: number) => boolean>();
  const connecting = { ...options, connectTimeoutMs: TIMEOUT_MS };

  const using = async <Result>(
    server: ServerAddress,
    work: (connection: Connection) => Promise<Result>,
  ) => {
    const login = await options.findLogin(server);
    return usingConnection({ ...server, ...login, database: '' }, connecting, work);
  };

  const readSource = async (server: ServerAddress): Promise<Source> => {
    let id: number | undefined;
    try {
      return await using(server, async (connection) => {
        const [row] = await query<RowDataPacket[]>(
          connection,
          'SELECT @@server_id AS id',
          [],
          TIMEOUT_MS,
        );
        id = Number(row?.id);
        if (options.heartbeat === undefined) return { id, heartbeat: { unread: '' } };
        const at = await readHeartbeat(connection, options.heartbeat, id, TIMEOUT_MS);
        if (at === undefined) return { id, heartbeat: { unread: noHeartbeat(id, 'the source') } };
        const key = hostKey(server);
        const watch = watches.get(key) ?? createHeartbeatWatch(() => performance.now());
        watches.set(key, watch);
        const why = 'nobody has written a heartbeat on the source for 15 s';
        return { id, heartbeat: watch(at) ? { at } : { unread: why } };
      });
    } catch (error) {
      return { id, heartbeat: { unread: `on the source, ${whyNot(error)}` } };
    }
  };

  const readReplica = async (replica: ServerAddress, source: Source): Promise<ReplicaLag> => {
    try {
      return await using(replica, async (connection) => {
        const { heartbeat } = options;
        if (heartbeat === undefined) return lagOf(await channelsOf(connection), source);
        if ('unread' in source.heartbeat) return source.heartbeat;
        // Without the privilege, a delay that is wanted counts as lag.
        const channels = await channelsOf(connection).catch(() => []);
        const delay = Math.max(0, ...ofSource(channels, source).map((one) => one.delaySeconds));
        const id = source.id ?? 0;
        const at = await readHeartbeat(connection, heartbeat, id, TIMEOUT_MS);
        if (at === undefined) return { unread: noHeartbeat(id, 'it') };
        return { seconds: Math.max(0, (source.heartbeat.at - at) / 1_000 - delay) };
      });
    } catch (error) {
      return { unread: whyNot(error) };
    }
  };

  const read = async (server: ServerAddress, replicas: readonly ServerAddress[]) => {
    const source = await readSource(server);
    return Promise.all(
      replicas.map(async (replica) => ({
        replica: serverName(replica),
        lag: await readReplica(replica, source),
      })),
    );
  };

  return (server) => {
    const replicas = options.findReplicas(server);
    if (replicas.length === 0) return Promise.resolve([]);
    const key = hostKey(server);
    const before = answers.get(key);
    if (before !== undefined && performance.now() - before.at < FRESH_MS) return before.answer;
    const answer = read(server, replicas);
    const asked = { at: Number.POSITIVE_INFINITY, answer };
    answers.set(key, asked);
    void answer.then(() => {
      asked.at = performance.now();
    });
    return answer;
  };
}

async function channelsOf(connection: Connection): Promise<ReplicaChannel[]> {
  const { isMariaDb } = await readServerFlavour(connection);
  return readReplicaStatus(connection, isMariaDb, TIMEOUT_MS);
}

/** The channels from the source; those whose source is unknown may be. */
function ofSource(channels: readonly ReplicaChannel[], { id }: Source): readonly ReplicaChannel[] {
  if (id === undefined) return channels;
  const own = channels.filter(({ sourceId }) => sourceId === id);
  return own.length > 0 ? own : channels.filter(({ sourceId }) => sourceId === 0);
}

function lagOf(channels: readonly ReplicaChannel[], source: Source): ReplicaLag {
  if (channels.length === 0) return { unread: 'it is not a replica' };
  const own = ofSource(channels, source);
  if (own.length === 0) {
    const others = channels.map((one) => one.source).join(' and ');
    return { unread: `it replicates from another server (${others})` };
  }
  const stopped = own.find((one) => one.stopped !== undefined)?.stopped;
  if (stopped !== undefined) return { stopped };
  return { seconds: Math.max(...own.map(({ behindSeconds = 0 }) => behindSeconds)) };
}

function noHeartbeat(id: number, where: string): string {
  return `${where} has no heartbeat of server_id ${id}`;
}

/** Why a server cannot be asked. Its own words are left out: they may name anything. */
function whyNot(error: unknown): string {
  if (isFanfoldError(error)) return `${error.code}: ${error.message}`;
  const errno = findServerError(error)?.errno;
  return errno === undefined ? 'it does not answer' : `it refuses the question (error ${errno})`;
}
