import { isConnectionLost } from './connection-lost.ts';
import { ERRNO } from './errno.ts';
import { brokeDuringTls, isTlsError } from './tls-refusal.ts';

/** The reason why a connection could not be made, for every driver. */
export type ConnectTrouble =
  | 'host unknown'
  /** The name server gave no answer. */
  | 'name server silent'
  | 'refused'
  | 'timed out'
  /** Wrong user or password, or an account that requires TLS, which looks the same. */
  | 'access denied'
  /** The user may not use this database. */
  | 'database denied'
  | 'database missing'
  | 'no connection to spare'
  /** This host may not connect, or has been blocked. */
  | 'host not allowed'
  /** Locked, or with a password that has expired. */
  | 'account locked'
  /** No TLS, or no trusted certificate. */
  | 'tls'
  /** The server refuses connections without TLS. */
  | 'tls required'
  /** Offline mode: only administrators may connect. */
  | 'offline'
  /** The server is starting, or is not part of its cluster. */
  | 'not ready'
  /** The driver does not support the login method. */
  | 'login method unknown'
  /** The connection broke while it was being made. */
  | 'lost'
  | 'other';

/** The relevant parts of a driver's error; `words` is its message on one line. */
export interface DriverFacts {
  readonly errno?: number | undefined;
  readonly code?: string | undefined;
  readonly fatal?: boolean | undefined;
  readonly words: string;
}

const BY_CODE: Readonly<Record<string, ConnectTrouble>> = {
  ENOTFOUND: 'host unknown',
  EAI_AGAIN: 'name server silent',
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timed out',
  EHOSTUNREACH: 'timed out',
  ENETUNREACH: 'timed out',
  AUTH_SWITCH_PLUGIN_ERROR: 'login method unknown',
};

const BY_ERRNO: ReadonlyMap<number, ConnectTrouble> = new Map<number, ConnectTrouble>([
  [ERRNO.ER_ACCESS_DENIED_ERROR, 'access denied'],
  [ERRNO.ER_ACCESS_DENIED_NO_PASSWORD_ERROR, 'access denied'],
  [ERRNO.ER_DBACCESS_DENIED_ERROR, 'database denied'],
  [ERRNO.ER_DB_ACCESS_DENIED, 'database denied'],
  [ERRNO.ER_BAD_DB_ERROR, 'database missing'],
  [ERRNO.ER_CON_COUNT_ERROR, 'no connection to spare'],
  [ERRNO.ER_TOO_MANY_USER_CONNECTIONS, 'no connection to spare'],
  [ERRNO.ER_USER_LIMIT_REACHED, 'no connection to spare'],
  [ERRNO.ER_CANT_CREATE_THREAD, 'no connection to spare'],
  [ERRNO.ER_HOST_IS_BLOCKED, 'host not allowed'],
  [ERRNO.ER_HOST_NOT_PRIVILEGED, 'host not allowed'],
  [ERRNO.ER_MUST_CHANGE_PASSWORD, 'account locked'],
  [ERRNO.ER_MUST_CHANGE_PASSWORD_LOGIN, 'account locked'],
  [ERRNO.ER_ACCOUNT_HAS_BEEN_LOCKED, 'account locked'],
  // MySQL uses these two numbers for other errors, but never during connecting.
  [ERRNO.ER_ACCOUNT_HAS_BEEN_LOCKED_MARIADB, 'account locked'],
  [ERRNO.ER_USER_IS_BLOCKED, 'account locked'],
  [ERRNO.ER_USER_ACCESS_DENIED_FOR_USER_ACCOUNT_BLOCKED_BY_PASSWORD_LOCK, 'account locked'],
  [ERRNO.ER_SECURE_TRANSPORT_REQUIRED, 'tls required'],
  [ERRNO.ER_SERVER_OFFLINE_MODE, 'offline'],
  [ERRNO.ER_SERVER_OFFLINE_MODE_REASON, 'offline'],
  [ERRNO.ER_UNKNOWN_COM_ERROR, 'not ready'],
  [ERRNO.ER_SERVER_SHUTDOWN, 'not ready'],
  [ERRNO.ER_NOT_SUPPORTED_AUTH_MODE, 'login method unknown'],
  // The MariaDB driver's own.
  [45_012, 'timed out'], // ER_CONNECTION_TIMEOUT
  [45_025, 'login method unknown'], // ER_AUTHENTICATION_PLUGIN_NOT_SUPPORTED
  [45_047, 'login method unknown'], // ER_NOT_SUPPORTED_AUTH_PLUGIN
]);

/** Determines why a connection could not be made, for mysql2, Knex and Prisma's driver. */
export function connectTroubleOf(facts: DriverFacts): ConnectTrouble {
  const { errno, code, words } = facts;
  if (isTlsError(facts)) return brokeDuringTls(words) ? 'lost' : 'tls';
  if (TLS_REQUIRED.test(words)) return 'tls required';
  return (
    BY_CODE[code ?? ''] ?? BY_ERRNO.get(errno ?? 0) ?? (isConnectionLost(facts) ? 'lost' : 'other')
  );
}

/** Messages of Vitess and PlanetScale (1105), and of Azure's gateway (9002). */
const TLS_REQUIRED = /does not allow insecure connections|SSL connection is required/i;
