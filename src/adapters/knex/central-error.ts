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

/** Properties that mysql2 and Knex put into their errors. */
interface DriverError {
  readonly name?: string;
  readonly code?: string;
  readonly errno?: number;
  /** The server's message; `message` would repeat the statement before it. */
  readonly sqlMessage?: string;
  readonly message?: string;
  readonly fatal?: boolean;
}

/** Explains why the central database could not be connected to. */
export function connectError(error: unknown, login: CentralDatabaseLogin): FanfoldError {
  if (error instanceof FanfoldError) return error;
  return centralConnectError(factsOf(error), login, error);
}

/** Explains an error after connecting: in Knex's bookkeeping or in a migration. */
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

/** Names the migration of the central database that failed; its error is the cause. */
export function centralMigrationFailed(id: string, error: unknown): FanfoldError {
  return new FanfoldError(
    'CentralMigrationFailed',
    `The migration ${id} of the central database failed: ${textOf(error)}`,
    {
      fault: 'configuration',
      nextStep:
        (error as DriverError | null)?.errno === ERRNO.ER_TABLE_EXISTS_ERROR
          ? 'Fanfold did not create that table: check that CENTRAL_DATABASE_URL names the right database, or name an empty one.'
          : 'Fix the cause, and run the command again: the tables it had created have been dropped.',
      cause: error,
    },
  );
}

function factsOf(error: unknown): DriverFacts {
  const { code, errno, fatal } = (error ?? {}) as DriverError;
  return { code, errno, fatal, words: textOf(error) };
}

/** The error if another process holds the migration lock of the central database. */
export function locked(address: DatabaseAddress, cause?: unknown): FanfoldError {
  return new FanfoldError(
    'CentralDatabaseLocked',
    `The migrations of the central database "${address.database}" are locked: another process is migrating it, or died while it did.`,
    {
      fault: 'configuration',
      nextStep:
        'If no other process is migrating, release the lock in that database: UPDATE fanfold_migrations_lock SET is_locked = 0',
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
