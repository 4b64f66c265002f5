import { FanfoldError } from '../../core/errors.ts';
import type { DatabaseAddress } from '../../core/tenant.ts';
import {
  centralConnectError,
  centralDatabaseError,
  centralTroubleOf,
} from '../server/central-database-error.ts';
import type { DriverFacts } from '../server/connect-trouble.ts';
import { ERRNO } from '../server/errno.ts';

/** Properties that mysql2 and Knex put into their errors. */
interface DriverError {
  readonly name?: string;
  readonly code?: string;
  readonly errno?: number;
  /** The server's words; `message` would repeat the statement before them. */
  readonly sqlMessage?: string;
  readonly message?: string;
  readonly fatal?: boolean;
}

/** Explains why the central database could not be connected to. */
export function connectError(error: unknown, address: DatabaseAddress): FanfoldError {
  return centralConnectError(factsOf(error), address, error);
}

/** Explains what went wrong once connected: in Knex's bookkeeping or in a migration. */
export function migrateError(error: unknown, address: DatabaseAddress): FanfoldError {
  const { name, message = '' } = (error ?? {}) as DriverError;
  const lost = centralTroubleOf(factsOf(error instanceof FanfoldError ? error.cause : error));
  if (lost === 'lost') return centralDatabaseError(lost, address, textOf(error), error);
  if (error instanceof FanfoldError) return error;
  if (name === 'MigrationLocked') return locked(address, error);
  const [, missing] = /directory is corrupt.*missing: (.*)$/s.exec(message) ?? [];
  if (missing !== undefined) return unknownMigrations(missing, address, error);
  return centralDatabaseError(centralTroubleOf(factsOf(error)), address, textOf(error), error);
}

/** Says which migration of the central database failed. What it threw is the cause. */
export function centralMigrationFailed(id: string, error: unknown): FanfoldError {
  return new FanfoldError(
    'CentralMigrationFailed',
    `The migration ${id} of the central database failed: ${textOf(error)}`,
    {
      fault: 'configuration',
      nextStep:
        (error as DriverError | null)?.errno === ERRNO.ER_TABLE_EXISTS_ERROR
          ? 'That table is not ours: check that CENTRAL_DATABASE_URL names the right database, or name an empty one.'
          : 'Correct what it names, and run it again: what it had made has been taken away.',
      cause: error,
    },
  );
}

function factsOf(error: unknown): DriverFacts {
  const { code, errno, fatal } = (error ?? {}) as DriverError;
  return { code, errno, fatal, words: textOf(error) };
}

/** Somebody else migrates the central database. */
export function locked(address: DatabaseAddress, cause?: unknown): FanfoldError {
  return new FanfoldError(
    'CentralDatabaseLocked',
    `The migrations of the central database "${address.database}" are locked: another process migrates it, or one died while it did.`,
    {
      fault: 'configuration',
      nextStep:
        'If no other process does, free the lock in that database: UPDATE fanfold_migrations_lock SET is_locked = 0',
      retryable: true,
      cause,
    },
  );
}

function unknownMigrations(names: string, address: DatabaseAddress, cause: unknown): FanfoldError {
  return new FanfoldError(
    'CentralMigrationsMissing',
    `The central database "${address.database}" has migrations that this version does not have (Knex: "The migration directory is corrupt"): ${names}`,
    {
      fault: 'configuration',
      nextStep:
        'Use the version of Fanfold that migrated it last, or check that CENTRAL_DATABASE_URL names the right database.',
      cause,
    },
  );
}

function textOf(error: unknown): string {
  const { sqlMessage, message, code } = (error ?? {}) as DriverError;
  return (sqlMessage || message || code || String(error)).trim().replace(/\s*\n\s*/g, ' ');
}
