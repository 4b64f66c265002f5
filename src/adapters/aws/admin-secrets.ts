import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { FanfoldError } from '../../core/errors.ts';
import type { AdminLogins, ServerAddress } from '../../core/provision/database-server.ts';
import { parseAdminLogin, parseAdminLogins } from '../../core/provision/parse-admin-logins.ts';
import { hostKey, serverName } from '../../core/tenant.ts';
import { readSecretText } from './secret-text.ts';

/** A secret with administrators' logins. */
export interface AdminSecret {
  readonly arn: string;
  /**
   * The one server that it is for, where the secret does not say: those that RDS keeps for its clusters
   * hold user and password only.
   */
  readonly server?: ServerAddress | undefined;
}

/**
 * Administrators' logins in Secrets Manager. Read each time, and one by one until the server is found:
 * a login that was rotated counts at once, and none stays in memory for longer than it is needed.
 */
export function createAdminSecrets(
  client: Pick<SecretsManagerClient, 'send'>,
  secrets: readonly AdminSecret[],
): AdminLogins {
  const readText = (arn: string) =>
    readSecretText(client, arn, "a database server's administrator");
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

function missing(server: ServerAddress, known: readonly string[]): FanfoldError {
  return new FanfoldError(
    'AdminLoginMissing',
    `No administrator's login is known for the database server ${serverName(server)}; there are logins for ${known.join(', ')}.`,
    {
      fault: 'configuration',
      nextStep:
        'Add the server to one of the secrets that "provisioning.adminSecrets" of the stack names, or name one more and deploy. Host and port have to be written as in the tenant’s row.',
    },
  );
}
