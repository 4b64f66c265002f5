import {
  type CentralTrouble,
  centralDatabaseError,
  centralTroubleOf,
} from '../../core/central/central-database-error.ts';
import { FanfoldError } from '../../core/errors.ts';
import type { DatabaseAddress } from '../../core/tenant.ts';

/** Errors of the driver itself, none of the server's: the connection broke, or could not be had again. */
const LOST = new Set([
  45_001, // already closed
  45_004, // not executed, connection destroyed
  45_009, // socket closed
  45_012, // no connection in time
  45_013, // command after close
  45_019, // socket error
  45_026, // no answer in time
  45_027, // pool already closed
  45_028, // no connection from the pool
  45_042, // no answer to a ping
  45_061, // the pool cannot make one
]);

/** The system's word for a broken connection, such as ECONNRESET, stands where a number is expected. */
const SYSTEM_CODE = /^E[A-Z]+$/;

/** No TLS, an untrusted certificate, or one of another host. */
const TLS = new Set([45_023, 45_056, 45_057, 45_059, 45_062]);
const TLS_CODE = /^(CERT_|DEPTH_ZERO_|EPROTO|ERR_SSL_|ERR_TLS_|SELF_SIGNED_|UNABLE_TO_)/;

/** Explains why the first connection to the central database could not be made. */
export function connectError(error: unknown, address: DatabaseAddress): FanfoldError {
  const { errno, code, text } = driverFacts(error);
  const trouble =
    TLS.has(errno ?? 0) || TLS_CODE.test(code ?? '')
      ? 'tls'
      : (centralTroubleOf(errno) ?? 'unreachable');
  return centralDatabaseError(trouble, address, text, error);
}

/**
 * Explains a query that failed. What Prisma's adapter caught from the driver is in
 * `meta.driverAdapterError.cause`, the same for its own queries and for raw ones.
 */
export function queryError(error: unknown, address: DatabaseAddress): FanfoldError {
  if (error instanceof FanfoldError) return error;
  const { errno, code, text } = adapterFacts(error);
  const isLost = LOST.has(errno ?? 0) || SYSTEM_CODE.test(code ?? '');
  const trouble: CentralTrouble = centralTroubleOf(errno) ?? (isLost ? 'lost' : 'failed');
  return centralDatabaseError(afterConnecting(trouble), address, text, error);
}

/** Whether Prisma says that a unique key has the value already. */
export function isDuplicate(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'P2002';
}

/** Whether Prisma says that rows of another table refer to the one that was to go. */
export function isReferenced(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'P2003';
}

/** There has been a connection: what cannot be reached now was lost. */
function afterConnecting(trouble: CentralTrouble): CentralTrouble {
  return trouble === 'unreachable' ? 'lost' : trouble;
}

interface Facts {
  readonly errno: number | undefined;
  readonly code?: string | undefined;
  /** One line. The driver's own message would add connection number and statement. */
  readonly text: string;
}

function driverFacts(error: unknown): Facts {
  const { errno, code, sqlMessage, message } = (error ?? {}) as {
    errno?: number;
    code?: string;
    sqlMessage?: string | null;
    message?: string;
  };
  return { errno, code, text: oneLine(sqlMessage || message || code || String(error)) };
}

function adapterFacts(error: unknown): Facts {
  const { meta, message } = (error ?? {}) as {
    meta?: { driverAdapterError?: { cause?: AdapterCause } };
    message?: string;
  };
  const cause = meta?.driverAdapterError?.cause;
  if (cause?.originalCode === undefined) {
    const text = oneLine(message ?? String(error));
    // A socket that breaks while a query is written gets past the adapter, with the system's own words.
    return { errno: undefined, code: /\b(?:read|write) (E[A-Z]+)$/.exec(text)?.[1], text };
  }
  // Where the pool gives up, its own cause is the reason, behind a header of numbers.
  const reason = cause.cause?.replace(/^\(conn:.*?\) |\n[\s\S]*$/g, '');
  const text = reason || cause.originalMessage || `error ${cause.originalCode}`;
  return { errno: Number(cause.originalCode), code: cause.originalCode, text: oneLine(text) };
}

interface AdapterCause {
  readonly originalCode?: string;
  readonly originalMessage?: string;
  readonly cause?: string | undefined;
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ');
}
