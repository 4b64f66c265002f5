import { readReplicaLogins } from '../../src/adapters/aws/admin-secrets.ts';
import { createSecretsClient } from '../../src/adapters/aws/clients/create-secrets-client.ts';
import { type ReplicaWatchOptions, replicaWatch } from '../../src/compose/replica-watch.ts';
import { FanfoldError } from '../../src/core/errors.ts';
import type { UserLogin } from '../../src/core/ports.ts';
import { type ReplicasConfig, replicaLogin } from '../../src/core/replicas/find-replicas.ts';
import type { ReplicaWatch } from '../../src/core/replicas/replica-standing.ts';
import { hostKey, type ServerAddress, serverName } from '../../src/core/tenant.ts';
import type { LambdaEnvironment } from '../environment.ts';

/** Secrets are read again after this time, so that a rotated login is used soon and each look costs no call. */
const KEPT_MS = 60_000;
/** The server of a login for all servers. */
const ANY = hostKey({ host: '*', port: 3306 });

/** The replicas of the deployed configuration. They are asked by IAM, or with logins of secrets. */
export function replicasOfProject(
  config: ReplicasConfig | undefined,
  connection: Omit<ReplicaWatchOptions, 'findLogin'>,
  secrets: ReturnType<LambdaEnvironment['replicaSecrets']>,
): Promise<ReplicaWatch | undefined> {
  const findLogin =
    config?.auth === 'iam' ? async () => replicaLogin(config, {}) : loginsOf(secrets);
  return replicaWatch(config, { ...connection, findLogin });
}

function loginsOf(
  secrets: ReturnType<LambdaEnvironment['replicaSecrets']>,
): (server: ServerAddress) => Promise<UserLogin> {
  let read: { at: number; logins: ReturnType<typeof readReplicaLogins> } | undefined;
  return async (server) => {
    if (read === undefined || performance.now() - read.at > KEPT_MS) {
      read = { at: performance.now(), logins: readReplicaLogins(createSecretsClient(), secrets) };
    }
    const logins = await read.logins;
    const login = logins.get(hostKey(server)) ?? logins.get(ANY);
    if (login !== undefined) return login;
    throw new FanfoldError(
      'AdminLoginMissing',
      `no secret of "replicaSecrets" has a login for ${serverName(server)}`,
      { fault: 'configuration', nextStep: 'Name the server in a secret of "replicaSecrets".' },
    );
  };
}
