import { FanfoldError } from '../errors.ts';
import { serverName } from '../tenant.ts';
import type { IamAddress } from './make-iam-token.ts';

/** The error for work on a password that a row does not have, because its user logs in by IAM. */
export function tenantUsesIam(user: string): FanfoldError {
  return new FanfoldError(
    'TenantUsesIam',
    `The user "${user}" logs in by IAM, and has no password.`,
    {
      fault: 'tenant',
      ownWords: true,
      nextStep:
        'There is nothing to rotate or to encrypt. To give it a password instead, change the account on its server, then store the password: `fanfold tenant:password <tenant>`.',
    },
  );
}

/**
 * The error for a token that would be sent in clear text, to a tenant's server or to the central database's. Nothing
 * was sent.
 */
export function iamNeedsTls({ user, ...server }: IamAddress, isCentral: boolean): FanfoldError {
  return new FanfoldError(
    isCentral ? 'CentralIamNeedsTls' : 'IamNeedsTls',
    `The user "${user}" at ${serverName(server)} logs in by IAM, which sends a token in clear text, and this connection would not be encrypted.`,
    {
      fault: isCentral ? 'configuration' : 'tenant',
      ownWords: true,
      nextStep:
        'Use TLS: leave --tls (FANFOLD_TLS, "tls" of the stack) at auto for a server on another host; for one on this machine, such as a tunnel, set it to required.',
    },
  );
}

/** The error of a program that connects with the parts of Fanfold and has not said how tokens are made. */
export function iamUnavailable({ user, ...server }: IamAddress): FanfoldError {
  return new FanfoldError(
    'IamUnavailable',
    `The user "${user}" at ${serverName(server)} logs in by IAM, and nothing makes a token here.`,
    {
      fault: 'configuration',
      ownWords: true,
      nextStep:
        'Pass iamToken, which this package exports, to the function that makes the connections.',
    },
  );
}
