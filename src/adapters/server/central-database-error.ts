import type { ErrorCode } from '../../core/error-codes.ts';
import { FanfoldError, type FanfoldErrorOptions } from '../../core/errors.ts';
import type { UserLogin } from '../../core/ports.ts';
import { type DatabaseAddress, serverName } from '../../core/tenant.ts';
import { createIamUserText } from '../../core/wording/account-sql.ts';
import { type ConnectTrouble, connectTroubleOf, type DriverFacts } from './connect-trouble.ts';
import { isConnectionLost } from './connection-lost.ts';
import { ERRNO } from './errno.ts';
import { IAM_CHECKS } from './iam-refusal.ts';
import { explainTlsRefusal, REQUIRE_TLS } from './tls-refusal.ts';

/** Problems with the central database, for every driver. */
export type CentralTrouble =
  /** No connection: refused, no such host, no answer in time, no connection to spare. */
  | 'unreachable'
  | 'access-denied'
  /** The same for a user that logs in by IAM. */
  | 'iam-denied'
  /** No such database. */
  | 'missing'
  /** The database exists but has no tables. */
  | 'empty'
  /** The table exists but lacks a column. */
  | 'schema-mismatch'
  /** The server offers no TLS, or its certificate is not trusted. */
  | 'tls'
  /** The server refuses connections without TLS. */
  | 'tls-required'
  /** The connection broke after it had been made. */
  | 'lost'
  /** Any other error of the server. */
  | 'failed';

/** Explains why the first connection to the central database could not be made, for every driver. */
export function centralConnectError(
  facts: DriverFacts,
  login: DatabaseAddress & Pick<UserLogin, 'auth'>,
  cause?: unknown,
): FanfoldError {
  const trouble = OF_CONNECTING[connectTroubleOf(facts)];
  const isIam = login.auth === 'iam' && trouble === 'access-denied';
  return centralDatabaseError(isIam ? 'iam-denied' : trouble, login, facts.words, cause);
}

const OF_CONNECTING: Readonly<Record<ConnectTrouble, CentralTrouble>> = {
  'host unknown': 'unreachable',
  'name server silent': 'unreachable',
  refused: 'unreachable',
  'timed out': 'unreachable',
  'access denied': 'access-denied',
  'database denied': 'access-denied',
  'database missing': 'missing',
  'no connection to spare': 'unreachable',
  'host not allowed': 'unreachable',
  'account locked': 'access-denied',
  tls: 'tls',
  'tls required': 'tls-required',
  offline: 'unreachable',
  'not ready': 'unreachable',
  'login method unknown': 'access-denied',
  lost: 'unreachable',
  other: 'unreachable',
};

/** Classifies an error after a successful connection, when an unreachable server counts as lost. */
export function centralTroubleOf(facts: DriverFacts): CentralTrouble {
  const { errno } = facts;
  if (isConnectionLost({ ...facts, message: facts.words })) return 'lost';
  switch (errno) {
    case ERRNO.ER_TABLEACCESS_DENIED_ERROR:
    case ERRNO.ER_COLUMNACCESS_DENIED_ERROR:
      return 'access-denied';
    case ERRNO.ER_NO_SUCH_TABLE:
      return 'empty';
    case ERRNO.ER_BAD_FIELD_ERROR:
      return 'schema-mismatch';
    case ERRNO.ER_QUERY_INTERRUPTED:
      return 'lost';
  }
  const trouble = OF_CONNECTING[connectTroubleOf(facts)];
  if (trouble !== 'unreachable') return trouble;
  return connectTroubleOf(facts) === 'other' ? 'failed' : 'lost';
}

/**
 * Explains trouble with the central database.
 *
 * @param detail the message of the driver or the server, on one line and without secrets
 */
export function centralDatabaseError(
  trouble: CentralTrouble,
  address: DatabaseAddress,
  detail: string,
  cause?: unknown,
): FanfoldError {
  const { code, message, ...options } = explain(trouble, address, detail);
  return new FanfoldError(code, message, { fault: 'configuration', ...options, cause });
}

type Explanation = Omit<FanfoldErrorOptions, 'fault' | 'cause'> & {
  code: ErrorCode;
  message: string;
};

function explain(trouble: CentralTrouble, address: DatabaseAddress, detail: string): Explanation {
  const server = serverName(address);
  const database = `central database "${address.database}" at ${server}`;
  switch (trouble) {
    case 'unreachable':
      return {
        code: 'CentralDatabaseUnreachable',
        message: `The central database server at ${server} cannot be reached: ${detail}`,
        nextStep:
          'Check that the server is running, that the network allows the connection, and host and port in CENTRAL_DATABASE_URL.',
        retryable: true,
      };
    case 'access-denied':
      return {
        code: 'CentralDatabaseAccessDenied',
        message: `The ${database} refused the user "${address.user}": ${detail}`,
        nextStep: "Check user and password in CENTRAL_DATABASE_URL, and the user's privileges.",
      };
    case 'iam-denied':
      return {
        code: 'CentralIamAccessDenied',
        message: `The ${database} refused the login of user "${address.user}" by IAM: ${detail}`,
        nextStep: `${IAM_CHECKS} The account has to exist: ${createIamUserText({ user: address.user, from: '%' })}`,
      };
    case 'missing':
      return {
        code: 'CentralDatabaseMissing',
        message: `There is no database "${address.database}" on the central database server at ${server}.`,
        nextStep:
          'Create it, or correct its name in CENTRAL_DATABASE_URL; then run: `fanfold migrate:latest`',
      };
    case 'empty':
      return {
        code: 'CentralDatabaseEmpty',
        message: `The ${database} has not been set up: ${detail}`,
        nextStep: 'Create its tables: `fanfold migrate:latest`',
      };
    case 'schema-mismatch':
      return {
        code: 'CentralDatabaseSchemaMismatch',
        message: `The ${database} does not have the schema that this version expects: ${detail}`,
        nextStep:
          'Bring it up to date (`fanfold migrate:latest`), or check that CENTRAL_DATABASE_URL names the right database.',
      };
    case 'tls': {
      const refusal = explainTlsRefusal(detail, address.host, 'host in CENTRAL_DATABASE_URL');
      const whose = refusal.kind === 'none' ? 'The' : 'The certificate of the';
      return {
        code: 'CentralDatabaseTlsFailed',
        message: `${whose} central database server at ${server} ${refusal.reason}.`,
        nextStep: refusal.nextStep,
      };
    }
    case 'tls-required':
      return {
        code: 'CentralDatabaseTlsFailed',
        message: `The central database server at ${server} refuses connections without TLS.`,
        nextStep: REQUIRE_TLS,
      };
    case 'lost':
      return {
        code: 'CentralDatabaseLost',
        message: `The connection to the ${database} was lost: ${detail}`,
        nextStep: "Look at the database server's log and the network, then run the command again.",
        retryable: true,
      };
    case 'failed':
      return {
        code: 'CentralDatabaseFailed',
        message: `The ${database} answered with an error: ${detail}`,
        nextStep: "Look the error up, and check the database server's log.",
      };
  }
}
