import { FanfoldError, type FanfoldErrorOptions } from '../../../core/errors.ts';
import { type DatabaseAddress, serverName } from '../../../core/tenant.ts';
import { brokeDuringTls, explainTlsRefusal } from '../../../core/tls-refusal.ts';
import { isConnectionLost } from './connection-lost.ts';

type Explanation = Omit<FanfoldErrorOptions, 'fault' | 'cause'> & { code: string; message: string };

/** Explains why a tenant's database could not be connected to. The cause is not kept: it may hold the login. */
export function connectError(error: unknown, address: DatabaseAddress): FanfoldError {
  const { code, message, ...options } = explain(error, address);
  // Names in a certificate are the server's words.
  const ownWords = code !== 'ConnectionFailed' && code !== 'TlsUntrusted';
  return new FanfoldError(code, message, { fault: 'tenant', ownWords, ...options });
}

function explain(error: unknown, address: DatabaseAddress): Explanation {
  const { errno, code, message } = (error ?? {}) as {
    errno?: number;
    code?: string;
    message?: string;
  };
  const server = serverName(address);
  if (typeof code === 'string' && TLS_CODES.test(code)) {
    const words = message || code;
    return brokeDuringTls(words) ? lost(server) : tls(words, address);
  }
  switch (code) {
    case 'ENOTFOUND':
      return {
        code: 'HostNotFound',
        message: `The host name "${address.host}" does not resolve.`,
        nextStep: `Correct dbHost of the tenant in the central database, or the name server's entry.`,
      };
    case 'EAI_AGAIN':
      return {
        code: 'HostNotFound',
        message: `The name server did not answer for "${address.host}".`,
        nextStep: 'Check the network and its name server.',
        retryable: true,
      };
    case 'ECONNREFUSED':
      return {
        code: 'ConnectionRefused',
        message: `Nothing accepts connections at ${server}.`,
        nextStep:
          'Check that the database server runs, and dbHost and dbPort of the tenant in the central database.',
        retryable: true,
      };
    case 'ETIMEDOUT':
      return {
        code: 'ConnectionTimedOut',
        message: `${server} did not answer in time.`,
        nextStep:
          'Check the network, firewalls and security groups between here and the server, or raise --connect-timeout.',
        retryable: true,
      };
  }
  switch (errno) {
    case 1045:
    case 1698:
      return {
        code: 'AccessDenied',
        message: `${server} refused the login of user "${address.user}": wrong password or wrong key.`,
        nextStep:
          "Check that DB_ENCRYPTION_KEY is the key with which this tenant's password was encrypted; else encrypt the right password (secrets:encrypt) and store it in dbPassword.",
      };
    case 1044:
      return {
        code: 'DatabaseAccessDenied',
        message: `User "${address.user}" may not use the database "${address.database}" at ${server}.`,
        nextStep: `Grant the user its rights on that database, or correct dbName of the tenant.`,
      };
    case 1049:
      return {
        code: 'DatabaseMissing',
        message: `There is no database "${address.database}" at ${server}.`,
        nextStep: 'Create the database, or correct dbName and dbHost of the tenant.',
      };
    case 1040:
    case 1203:
    case 1226:
      return {
        code: 'TooManyConnections',
        message: `${server} has no connection to spare (error ${errno}).`,
        nextStep:
          'Lower --concurrency or set --max-per-host, or raise max_connections of the server.',
        retryable: true,
      };
    case 1129:
    case 1130:
      return {
        code: 'HostNotAllowed',
        message: `${server} does not accept connections from this host for user "${address.user}" (error ${errno}).`,
        nextStep: 'Allow this host for the user, or unblock it (FLUSH HOSTS).',
      };
    case 1820:
    case 1862:
    case 3118:
    case 4151:
      return {
        code: 'AccountLocked',
        message: `The account "${address.user}" at ${server} is locked or its password has expired (error ${errno}).`,
        nextStep: 'Unlock the account, or set its password anew.',
      };
  }
  if (isConnectionLost(error)) return lost(server);
  return {
    code: 'ConnectionFailed',
    message: `Connecting to ${server} failed${typeof errno === 'number' ? ` (error ${errno})` : ''}: ${message ?? String(error)}`,
    nextStep: 'Check the address of the tenant in the central database and the server itself.',
  };
}

/** mysql2 puts HANDSHAKE_SSL_ERROR over the code of whatever Node's TLS has found. */
const TLS_CODES =
  /^(CERT_|ERR_TLS_|ERR_SSL_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO|HANDSHAKE_(NO_SSL_SUPPORT|SSL_ERROR))/;

function tls(words: string, address: DatabaseAddress): Explanation {
  const { kind, reason, nextStep } = explainTlsRefusal(words, address.host, 'dbHost of the tenant');
  const server = serverName(address);
  return kind === 'none'
    ? { code: 'TlsUnsupported', message: `${server} ${reason}.`, nextStep }
    : { code: 'TlsUntrusted', message: `The certificate of ${server} ${reason}.`, nextStep };
}

function lost(server: string): Explanation {
  return {
    code: 'ConnectionLost',
    message: `The connection to ${server} was lost while it was being made.`,
    nextStep: "Look at the database server's log; the next run starts where this one ended.",
    retryable: true,
  };
}
