import type { CentralDatabaseLogin } from '../../core/central/central-database-login.ts';
import { FanfoldError } from '../../core/errors.ts';
import type { DatabaseAddress } from '../../core/tenant.ts';
import {
  centralConnectError,
  centralDatabaseError,
  centralTroubleOf,
} from '../server/central-database-error.ts';
import type { DriverFacts } from '../server/connect-trouble.ts';
import { ERRNO } from '../server/errno.ts';

/** Explains why the first connection to the central database could not be made. */
export function connectError(error: unknown, login: CentralDatabaseLogin): FanfoldError {
  if (error instanceof FanfoldError) return error;
  return centralConnectError(driverFacts(error), login, error);
}

/**
 * Explains a query that failed. Prisma's adapter puts the driver's error into
 * `meta.driverAdapterError.cause`, for its own queries and for raw ones alike.
 */
export function queryError(error: unknown, address: DatabaseAddress): FanfoldError {
  if (error instanceof FanfoldError) return error;
  const facts = adapterFacts(error);
  return centralDatabaseError(centralTroubleOf(facts), address, facts.words, error);
}

/** Whether the value already exists in a unique key. */
export function isDuplicate(error: unknown): boolean {
  return adapterFacts(error).errno === ERRNO.ER_DUP_ENTRY;
}

/** Whether rows of another table reference the row that was to be deleted. */
export function isReferenced(error: unknown): boolean {
  return adapterFacts(error).errno === ERRNO.ER_ROW_IS_REFERENCED_2;
}

/** Whether the server rolled everything back, so the query can be repeated: a deadlock, or a row that changed. */
export function isUndone(error: unknown): boolean {
  const { errno } = adapterFacts(error);
  return errno === ERRNO.ER_LOCK_DEADLOCK || errno === ERRNO.ER_CHECKREAD;
}

/** The server's answer to a query of Prisma's, in one line; `errno` is absent if the error is not the server's. */
export function driverErrorOf(error: unknown): { errno: number | undefined; words: string } {
  const { errno, words } = adapterFacts(error);
  return { errno, words };
}

/** Explains a failed query that the driver itself ran, without Prisma. */
export function catalogError(error: unknown, address: DatabaseAddress): FanfoldError {
  if (error instanceof FanfoldError) return error;
  const facts = driverFacts(error);
  return centralDatabaseError(centralTroubleOf(facts), address, facts.words, error);
}

/** Reads the driver's error. `words` is one line: the driver's own message would add connection number and statement. */
function driverFacts(error: unknown): DriverFacts {
  const { errno, code, sqlMessage, message } = (error ?? {}) as {
    errno?: number;
    code?: string;
    sqlMessage?: string | null;
    message?: string;
  };
  return { errno, code, words: oneLine(sqlMessage || message || code || String(error)) };
}

function adapterFacts(error: unknown): DriverFacts {
  const { meta, message } = (error ?? {}) as {
    meta?: { driverAdapterError?: { cause?: AdapterCause } };
    message?: string;
  };
  const cause = meta?.driverAdapterError?.cause;
  if (cause?.originalCode === undefined) {
    const words = oneLine(message ?? String(error));
    // A socket that breaks while a query is written bypasses the adapter, so only the system's message exists.
    return { errno: undefined, code: /\b(?:read|write) (E[A-Z]+)$/.exec(words)?.[1], words };
  }
  // When the pool gives up, the reason is in its cause, after a header of numbers.
  const reason = cause.cause?.replace(/^\(conn:.*?\) |\n[\s\S]*$/g, '');
  const text = reason || cause.originalMessage || `error ${cause.originalCode}`;
  return { errno: Number(cause.originalCode), code: cause.originalCode, words: oneLine(text) };
}

interface AdapterCause {
  readonly originalCode?: string;
  readonly originalMessage?: string;
  readonly cause?: string | undefined;
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ');
}
