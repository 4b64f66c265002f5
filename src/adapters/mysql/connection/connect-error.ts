import type { ErrorCode } from '../../../core/error-codes.ts';
import { FanfoldError, type FanfoldErrorOptions } from '../../../core/errors.ts';
import type { UserLogin } from '../../../core/ports.ts';
import type { Account } from '../../../core/provision/database-server.ts';
import { type DatabaseAddress, serverName } from '../../../core/tenant.ts';
import {
  createDatabaseText,
  createIamUserText,
  createUserText,
  grantText,
  unlockUserText,
} from '../../../core/wording/account-sql.ts';
import { connectTroubleOf } from '../../server/connect-trouble.ts';
import { IAM_CHECKS } from '../../server/iam-refusal.ts';
import { explainTlsRefusal, REQUIRE_TLS } from '../../server/tls-refusal.ts';

type Explanation = Omit<FanfoldErrorOptions, 'fault' | 'cause'> & {
  code: ErrorCode;
  message: string;
};

/** An error of mysql2: an error packet of the server, or an error of the driver or the system. */
interface DriverError {
  readonly errno?: number;
  readonly code?: string;
  readonly fatal?: boolean;
  readonly message?: string;
}

/**
 * Explains why connecting to a tenant's database failed. The cause is not kept, because it may contain the
 * login.
 *
 * @param encrypted whether the connection should have used TLS
 * @param auth how the user logs in
 */
export function connectError(
  error: unknown,
  address: DatabaseAddress,
  encrypted = true,
  auth?: UserLogin['auth'],
): FanfoldError {
  const refused = (error ?? {}) as DriverError;
  const { code, message, ...options } =
    auth === 'iam'
      ? (explainIamRefusal(refused, address) ?? explain(refused, address, encrypted))
      : explain(refused, address, encrypted);
  // Messages of these two codes quote the server or its certificate, so they are not Fanfold's own words.
  const ownWords = code !== 'ConnectionFailed' && code !== 'TlsUntrusted';
  return new FanfoldError(code, message, { fault: 'tenant', ownWords, ...options });
}

/** The error for an address at which something other than a database server answers. */
export function notADatabaseServer(address: DatabaseAddress): FanfoldError {
  return new FanfoldError(
    'ConnectionFailed',
    `The server at ${serverName(address)} is not a MySQL or MariaDB server: it sends other data without end.`,
    {
      fault: 'tenant',
      nextStep: 'Check dbHost and dbPort of the tenant in the central database.',
      ownWords: true,
    },
  );
}

function explain(error: DriverError, address: DatabaseAddress, encrypted: boolean): Explanation {
  const { errno, code, fatal } = error;
  const account = accountIn(error, address.user);
  const words = error.message || code || String(error);
  const server = serverName(address);
  const { host, user, database } = address;
  switch (connectTroubleOf({ errno, code, fatal, words })) {
    case 'tls':
      return tls(words, address);
    case 'tls required':
      return {
        code: 'TlsRequired',
        message: `${server} refuses connections without TLS.`,
        nextStep: REQUIRE_TLS,
      };
    case 'host unknown':
      return {
        code: 'HostNotFound',
        message: `The host name "${host}" does not resolve.`,
        nextStep: `Correct dbHost of the tenant in the central database, or the name server's entry.`,
      };
    case 'name server silent':
      return {
        code: 'HostNotFound',
        message: `The name server did not answer for "${host}".`,
        nextStep: 'Check the network and its name server.',
        retryable: true,
      };
    case 'refused':
      return {
        code: 'ConnectionRefused',
        message: `Nothing accepts connections at ${server}.`,
        nextStep:
          'Check that the database server is running, and dbHost and dbPort of the tenant in the central database.',
        retryable: true,
      };
    case 'timed out':
      return {
        code: 'ConnectionTimedOut',
        message: `${server} did not answer in time.`,
        nextStep:
          'Check the network, firewalls and security groups between this machine and the server, or raise --connect-timeout.',
        retryable: true,
      };
    case 'access denied':
      return {
        code: 'AccessDenied',
        message: `${server} refused the login of user "${user}": wrong password or wrong key${encrypted ? '' : ', or an account that requires TLS, which this connection did not use'}.`,
        nextStep: `Check that DB_ENCRYPTION_KEY is the key with which this tenant's password was encrypted; if it is, store the right password: \`fanfold tenant:password <tenant>\`.${account === undefined ? '' : ` If the server has no such account: ${createUserText(account)}`}${encrypted ? '' : ` If the account was created with REQUIRE SSL: ${REQUIRE_TLS}`}`,
      };
    case 'login method unknown':
      return {
        code: 'LoginMethodUnsupported',
        message: `The account "${user}" at ${server} uses a login method that the driver does not support${errno === undefined ? '' : ` (error ${errno})`}.`,
        nextStep:
          'Change the account to caching_sha2_password (MySQL) or mysql_native_password (MariaDB). If it logs in by IAM database authentication of Amazon RDS, store the word iam in place of its password.',
      };
    case 'database denied':
      return {
        code: 'DatabaseAccessDenied',
        message: `User "${user}" may not use the database "${database}" at ${server}.`,
        nextStep: `${account === undefined ? 'Grant the user privileges on that database' : `Grant the user privileges, as an administrator of that server: ${grantText(['ALL'], database, account)} If the database is missing, create it first: ${createDatabaseText(database)} Both at once: \`fanfold migrate:doctor <tenant> --fix\``}. Or correct dbName of the tenant.`,
      };
    case 'database missing':
      return {
        code: 'DatabaseMissing',
        message: `There is no database "${database}" at ${server}.`,
        nextStep: `Correct dbName or dbHost of the tenant (\`fanfold tenant:move <tenant>\`), or create the database: \`fanfold migrate:doctor <tenant> --fix\`, or as an administrator of that server: ${createDatabaseText(database)}`,
      };
    case 'no connection to spare':
      return {
        code: 'TooManyConnections',
        message: `${server} has no free connection (error ${errno}).`,
        nextStep:
          "Lower --concurrency or set --max-per-host, or raise the server's max_connections.",
        retryable: true,
      };
    case 'host not allowed':
      return {
        code: 'HostNotAllowed',
        message: `${server} does not accept connections from this host for user "${user}" (error ${errno}).`,
        nextStep: `Allow this host for the user${account === undefined ? '' : `: ${createUserText(account)}`}, or unblock it (FLUSH HOSTS).`,
      };
    case 'account locked':
      return {
        code: 'AccountLocked',
        message: `The account "${user}" at ${server} is locked or its password has expired (error ${errno}).`,
        // The server names the host of the client, and not the one in the account's name.
        nextStep: `Unlock the account (${unlockUserText({ user, from: '<its host>' })}), or set a new password: \`fanfold tenant:password <tenant> --generate\``,
      };
    case 'offline':
      return {
        code: 'ServerReadOnly',
        message: `${server} is in offline mode and accepts only administrators (error ${errno}).`,
        nextStep:
          'Wait until the server is back (offline_mode = OFF), or point dbHost at the writer.',
        retryable: true,
      };
    case 'not ready':
      return {
        code: 'ServerNotReady',
        message: `${server} is starting, shutting down, or not part of its cluster (error ${errno}).`,
        nextStep:
          "Wait until it is ready; if that does not happen, check the database server's log.",
        retryable: true,
      };
    case 'lost':
      return {
        code: 'ConnectionLost',
        message: `The connection to ${server} was lost while connecting.`,
        nextStep: "Check the database server's log; the next run resumes where this one ended.",
        retryable: true,
      };
    case 'other':
      return {
        code: 'ConnectionFailed',
        message: `Connecting to ${server} failed${errno === undefined ? '' : ` (error ${errno})`}: ${words}`,
        nextStep: 'Check the address of the tenant in the central database and the server itself.',
      };
  }
}

/**
 * The account in the server's refusal. For a wrong password, its host is the client's host as the server sees
 * it; for missing privileges on a database, it is the account itself.
 */
function accountIn({ errno, message = '' }: DriverError, user: string): Account | undefined {
  if (errno === undefined) return undefined;
  const named = /'([^'@]*(?:@[^'@]*)?)'@'([\w.:%/-]*)'/.exec(message);
  if (named?.[1] === user && named[2] !== undefined) return { user, from: named[2] };
  const [, from] = /\bhost '([\w.:%/-]+)'/i.exec(message) ?? [];
  return from === undefined ? undefined : { user, from };
}

/** A refusal means something else for a token than for a password; `undefined` if it is not a refusal. */
function explainIamRefusal(
  { errno, code, fatal, message }: DriverError,
  address: DatabaseAddress,
): Explanation | undefined {
  const trouble = connectTroubleOf({ errno, code, fatal, words: message ?? '' });
  if (trouble !== 'access denied' && trouble !== 'login method unknown') return undefined;
  const { user } = address;
  return {
    code: 'IamAccessDenied',
    message: `${serverName(address)} refused the login of user "${user}" by IAM.`,
    nextStep: `${IAM_CHECKS} The account has to be made by an administrator of that server: ${createIamUserText({ user, from: '%' })}`,
  };
}

function tls(words: string, address: DatabaseAddress): Explanation {
  const { kind, reason, nextStep } = explainTlsRefusal(words, address.host, 'dbHost of the tenant');
  const server = serverName(address);
  return kind === 'none'
    ? { code: 'TlsUnsupported', message: `${server} ${reason}.`, nextStep }
    : { code: 'TlsUntrusted', message: `The certificate of ${server} ${reason}.`, nextStep };
}
