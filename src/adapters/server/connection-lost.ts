import { ERRNO } from './errno.ts';

/** Codes of mysql2 and of the operating system; the MariaDB driver passes the system's codes on unchanged. */
const LOST_CODES: ReadonlySet<string> = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR',
  'PROTOCOL_ENQUEUE_AFTER_QUIT',
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'PROTOCOL_SEQUENCE_TIMEOUT',
]);

/** Errors by which the server ends a session: shutdown, a kill, or a broken network connection. */
const ENDED_BY_SERVER: ReadonlySet<number> = new Set([
  ERRNO.ER_SERVER_SHUTDOWN,
  ERRNO.ER_SHUTDOWN_COMPLETE,
  ERRNO.ER_ABORTING_CONNECTION,
  ERRNO.ER_NET_READ_ERROR,
  ERRNO.ER_NET_READ_INTERRUPTED,
  ERRNO.ER_NET_ERROR_ON_WRITE,
  ERRNO.ER_NET_WRITE_INTERRUPTED,
  ERRNO.ER_NEW_ABORTING_CONNECTION,
  ERRNO.ER_CONNECTION_KILLED,
  ERRNO.ER_SESSION_WAS_KILLED,
]);

/** Numbers of the MariaDB driver's own errors (`mariadb/lib/misc/errors.js`); the server uses none of them. */
const LOST_TO_MARIADB_DRIVER: ReadonlySet<number> = new Set([
  45_001, // ER_CONNECTION_ALREADY_CLOSED
  45_004, // ER_CMD_NOT_EXECUTED_DESTROYED
  45_009, // ER_SOCKET_UNEXPECTED_CLOSE
  45_012, // ER_CONNECTION_TIMEOUT
  45_013, // ER_CMD_CONNECTION_CLOSED
  45_019, // ER_SOCKET
  45_026, // ER_SOCKET_TIMEOUT
  45_027, // ER_POOL_ALREADY_CLOSED
  45_028, // ER_GET_CONNECTION_TIMEOUT
  45_042, // ER_PING_TIMEOUT
  45_061, // ER_POOL_NO_CONNECTION
]);

/** The parts of a driver's error that show whether the connection is lost. */
interface DriverError {
  readonly code?: unknown;
  readonly errno?: unknown;
  readonly fatal?: unknown;
  readonly message?: unknown;
  readonly sqlMessage?: unknown;
}

/** Whether the error means that the connection is lost and the result of a running statement unknown. */
export function isConnectionLost(error: unknown): boolean {
  const { code, errno, fatal, message, sqlMessage } = (error ?? {}) as DriverError;
  return (
    // mysql2 marks every error as fatal after which the connection is unusable.
    fatal === true ||
    (typeof code === 'string' && LOST_CODES.has(code)) ||
    (typeof errno === 'number' &&
      (ENDED_BY_SERVER.has(errno) ||
        LOST_TO_MARIADB_DRIVER.has(errno) ||
        (errno === ERRNO.ER_CLIENT_INTERACTION_TIMEOUT &&
          INACTIVE.test(`${sqlMessage ?? message}`))))
  );
}

/** MySQL does not translate this message. MariaDB uses the same number for an error about triggers. */
const INACTIVE = /because of inactivity/i;
