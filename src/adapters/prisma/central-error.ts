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
export function connectError(error: unknown, address: DatabaseAddress): FanfoldError {
  return centralConnectError(driverFacts(error), address, error);
}

/**
 * Explains a query that failed. What Prisma's adapter caught from the driver is in
 * `meta.driverAdapterError.cause`, the same for its own queries and for raw ones.
 */
export function queryError(error: unknown, address: DatabaseAddress): FanfoldError {
  if (error instanceof FanfoldError) return error;
  const facts = adapterFacts(error);
  return centralDatabaseError(centralTroubleOf(facts), address, facts.words, error);
}

/** Whether a unique key has the value already. */
export function isDuplicate(error: unknown): boolean {
  return adapterFacts(error).errno === ERRNO.ER_DUP_ENTRY;
}

/** Whether rows of another table refer to the one that was to go. */
export function isReferenced(error: unknown): boolean {
  return adapterFacts(error).errno === ERRNO.ER_ROW_IS_REFERENCED_2;
}

/** Whether the server has undone all of it, so that it can be asked again: a deadlock, or a row that changed. */
export function isUndone(error: unknown): boolean {
  const { errno } = adapterFacts(error);
  return errno === ERRNO.ER_LOCK_DEADLOCK || errno === ERRNO.ER_CHECKREAD;
}

/** What the server said to a query of Prisma's, in one line; without `errno` if it was not the server. */
export function driverErrorOf(error: unknown): { errno: number | undefined; words: string } {
  const { errno, words } = adapterFacts(error);
  return { errno, words };
}

/** Explains a question that the driver itself asked, before Prisma. */
export function lookError(error: unknown, address: DatabaseAddress): FanfoldError {
  if (error instanceof FanfoldError) return error;
  const facts = driverFacts(error);
  return centralDatabaseError(centralTroubleOf(facts), address, facts.words, error);
}

/** Its `words` are one line; the driver's own message would add connection number and statement. */
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
    // A socket that breaks while a query is written gets past the adapter, with the system's own words.
    return { errno: undefined, code: /\b(?:read|write) (E[A-Z]+)$/.exec(words)?.[1], words };
  }
  // If the pool gives up, its own cause is the reason, after a header of numbers.
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
