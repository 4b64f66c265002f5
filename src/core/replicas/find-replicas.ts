import { FanfoldError } from '../errors.ts';
import { IAM } from '../iam/open-login.ts';
import { parseHostFilter } from '../list/host-filter.ts';
import type { UserLogin } from '../ports.ts';
import { hostKey, type ServerAddress } from '../tenant.ts';

/** Replicas of the tenants' servers, and the login that asks them how late they are. */
export interface ReplicasConfig {
  /** Replicas by the `host` or `host:port` of their source; each is a `host` or `host:port`. */
  readonly hosts: Readonly<Record<string, readonly string[]>>;
  /** Needs `REPLICATION CLIENT` (MariaDB: `REPLICA MONITOR`) on the replicas. */
  readonly user: string;
  /** The environment variable with the password. */
  readonly passwordEnv?: string | undefined;
  /** Logs in by IAM instead of a password. */
  readonly auth?: 'iam' | undefined;
  /** The table of pt-heartbeat, `database.table`. Default: the status of the replicas. */
  readonly heartbeat?: string | undefined;
  /** The lag in seconds beyond which backfills wait. Default: 5. */
  readonly maxLagSeconds?: number | undefined;
}

const DEFAULT_PORT = 3306;

/** Finds the configured replicas of a server. */
export function createFindReplicas({
  hosts,
}: Pick<ReplicasConfig, 'hosts'>): (source: ServerAddress) => readonly ServerAddress[] {
  const bySource = new Map(
    Object.entries(hosts).map(([source, replicas]) => {
      const { host, port } = parseHostFilter(source);
      const key = port === undefined ? host.toLowerCase() : hostKey({ host, port });
      return [key, replicas.map(addressOf)] as const;
    }),
  );
  return (source) => bySource.get(hostKey(source)) ?? bySource.get(source.host.toLowerCase()) ?? [];
}

function addressOf(text: string): ServerAddress {
  const { host, port = DEFAULT_PORT } = parseHostFilter(text);
  return { host, port };
}

/**
 * The login that asks replicas, with its password from the environment.
 *
 * @throws FanfoldError `ConfigInvalid` if the variable is missing
 */
export function replicaLogin(
  { user, passwordEnv, auth }: ReplicasConfig,
  env: Readonly<Record<string, string | undefined>>,
): UserLogin {
  if (auth === 'iam') return { user, ...IAM };
  const password = passwordEnv === undefined ? '' : env[passwordEnv];
  if (password !== undefined) return { user, password };
  throw new FanfoldError(
    'ConfigInvalid',
    `replicas.passwordEnv names the variable ${passwordEnv}, which is not set.`,
    {
      fault: 'configuration',
      nextStep: `Set ${passwordEnv} to the password of "${user}", in the environment or in .env.`,
    },
  );
}
