import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { FanfoldError } from '../../core/errors.ts';
import type { AdminLogin, AdminLogins } from '../../core/provision/database-server.ts';
import {
  type AdminLoginTable,
  parseAdminLogin,
  parseAdminLogins,
} from '../../core/provision/parse-admin-logins.ts';
import { hostKey, type ServerAddress, serverName } from '../../core/tenant.ts';
import { readSecretText } from './secret-text.ts';

/** A secret with administrators' logins. */
export interface AdminSecret {
  readonly arn: string;
  /**
   * The server that the secret belongs to, if the secret itself does not name one: RDS's secrets for its
   * clusters contain only user and password.
   */
  readonly server?: ServerAddress | undefined;
}

/**
 * Administrators' logins in Secrets Manager. The secrets are read for each request, one by one until the
 * server is found, so a rotated login takes effect at once, and no login stays in memory.
 */
export function createAdminSecrets(
  client: Pick<SecretsManagerClient, 'send'>,
  secrets: readonly AdminSecret[],
): AdminLogins {
  const readText = (arn: string) =>
    readSecretText(
      client,
      arn,
      "a database server's administrator",
      '"keyArn" in "provisioning.adminSecrets"',
    );
  return {
    async find(server) {
      const wanted = hostKey(server);
      const known: string[] = [];
      for (const { arn, server: own } of secrets) {
        const source = `The secret ${arn}`;
        if (own === undefined) {
          const logins = parseAdminLogins(await readText(arn), source);
          const login = logins.get(wanted);
          if (login !== undefined) return login;
          known.push(...logins.keys());
        } else if (hostKey(own) === wanted) {
          return parseAdminLogin(await readText(arn), own, source);
        } else {
          known.push(hostKey(own));
        }
      }
      throw missing(server, known);
    },
  };
}

/** The logins that secrets have for reading shapes, by server as {@link hostKey} writes it. */
export function readShapeLogins(
  client: Pick<SecretsManagerClient, 'send'>,
  secrets: readonly AdminSecret[],
): Promise<AdminLoginTable> {
  return readLogins(client, secrets, {
    what: 'the login that reads shapes',
    keyArn: '"keyArn" in "shapeSecrets"',
  });
}

/** The logins that secrets have for asking replicas, by server as {@link hostKey} writes it. */
export function readReplicaLogins(
  client: Pick<SecretsManagerClient, 'send'>,
  secrets: readonly AdminSecret[],
): Promise<AdminLoginTable> {
  return readLogins(client, secrets, {
    what: 'the login that asks replicas',
    keyArn: '"keyArn" in "replicaSecrets"',
  });
}

/** Each call reads the secrets again. */
async function readLogins(
  client: Pick<SecretsManagerClient, 'send'>,
  secrets: readonly AdminSecret[],
  { what, keyArn }: { readonly what: string; readonly keyArn: string },
): Promise<AdminLoginTable> {
  const logins = new Map<string, AdminLogin>();
  for (const { arn, server } of secrets) {
    const source = `The secret ${arn}`;
    const text = await readSecretText(client, arn, what, keyArn);
    const own =
      server === undefined
        ? parseAdminLogins(text, source)
        : [[hostKey(server), parseAdminLogin(text, server, source)] as const];
    for (const [host, login] of own) logins.set(host, login);
  }
  return logins;
}

function missing(server: ServerAddress, known: readonly string[]): FanfoldError {
  return new FanfoldError(
    'AdminLoginMissing',
    `There is no administrator's login for the database server ${serverName(server)}; there are logins for ${known.join(', ')}.`,
    {
      fault: 'configuration',
      nextStep:
        'Add the server to one of the secrets in the stack\'s "provisioning.adminSecrets", or add another secret there and deploy. Host and port must be written as in the tenant’s row.',
    },
  );
}
