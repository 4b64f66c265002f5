import type { ConnectionOptions } from '../adapters/mysql/connection/connection.ts';
import type { UserLogin } from '../core/ports.ts';
import { createFindReplicas, type ReplicasConfig } from '../core/replicas/find-replicas.ts';
import { MAX_LAG_SECONDS, type ReplicaWatch } from '../core/replicas/replica-standing.ts';
import type { ServerAddress } from '../core/tenant.ts';

export interface ReplicaWatchOptions extends Pick<ConnectionOptions, 'tls' | 'iamToken'> {
  readonly findLogin: (server: ServerAddress) => Promise<UserLogin>;
}

/** Watches configured replicas; `undefined` if there are none. Nothing is connected to before somebody asks. */
export async function replicaWatch(
  config: ReplicasConfig | undefined,
  options: ReplicaWatchOptions,
): Promise<ReplicaWatch | undefined> {
  if (config === undefined) return undefined;
  const { createReplicaReader } = await import('../adapters/mysql/replicas/read-replicas.ts');
  const { heartbeat, maxLagSeconds = MAX_LAG_SECONDS } = config;
  const findReplicas = createFindReplicas(config);
  const read = createReplicaReader({ ...options, findReplicas, heartbeat });
  return { find: findReplicas, read, maxLagSeconds };
}
