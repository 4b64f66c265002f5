import {
  type CentralTrouble,
  centralDatabaseError,
  centralTroubleOf,
} from '../../core/central/central-database-error.ts';
import { FanfoldError } from '../../core/errors.ts';
import type { DatabaseAddress } from '../../core/tenant.ts';
import { brokeDuringTls } from '../../core/tls-refusal.ts';

/** What mysql2 and Knex put into their errors. */
interface DriverError {
  readonly name?: string;
  readonly code?: string;
  readonly errno?: number;
  /** The server's words; `message` would repeat the statement before them. */
  readonly sqlMessage?: string;
  readonly message?: string;
  readonly fatal?: boolean;
}

const LOST = new Set([
  'ECONNRESET',
  'EPIPE',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR',
]);
const TLS_CODE = /^(CERT_|DEPTH_ZERO_|EPROTO|ERR_SSL_|ERR_TLS_|HANDSHAKE_|SELF_SIGNED_|UNABLE_TO_)/;

/** Explains why the central database could not be connected to. */
export function connectError(error: unknown, address: DatabaseAddress): FanfoldError {
  const { code, errno } = (error ?? {}) as DriverError;
  const isTls = TLS_CODE.test(code ?? '') && !brokeDuringTls(textOf(error));
  const trouble = isTls ? 'tls' : (centralTroubleOf(errno) ?? 'unreachable');
  return centralDatabaseError(trouble, address, textOf(error), error);
}

/** Explains what went wrong once connected: in Knex's bookkeeping or in a migration. */
export function migrateError(error: unknown, address: DatabaseAddress): FanfoldError {
  const { name, message = '' } = (error ?? {}) as DriverError;
  const lost = troubleOf(error instanceof FanfoldError ? error.cause : error);
  if (lost === 'lost') return centralDatabaseError(lost, address, textOf(error), error);
  if (error instanceof FanfoldError) return error;
  if (name === 'MigrationLocked') return locked(address, error);
  const [, missing] = /directory is corrupt.*missing: (.*)$/s.exec(message) ?? [];
  if (missing !== undefined) return unknownMigrations(missing, address, error);
  return centralDatabaseError(troubleOf(error), address, textOf(error), error);
}

/** Says which migration of the central database failed. What it threw is the cause. */
export function centralMigrationFailed(id: string, error: unknown): FanfoldError {
  return new FanfoldError(
    'CentralMigrationFailed',
    `The migration ${id} of the central database failed: ${textOf(error)}`,
    {
      fault: 'configuration',
      nextStep:
        (error as DriverError | null)?.errno === 1050
          ? 'That table is not ours: check that CENTRAL_DATABASE_URL names the right database, or name one that has no such table.'
          : 'Mend what it names; migrations that ran before it are recorded and do not run again.',
      cause: error,
    },
  );
}

function troubleOf(error: unknown): CentralTrouble {
  const { code, errno } = (error ?? {}) as DriverError;
  if (LOST.has(code ?? '')) return 'lost';
  const trouble = centralTroubleOf(errno) ?? 'failed';
  // There has been a connection: what cannot be reached now was lost.
  return trouble === 'unreachable' ? 'lost' : trouble;
}

function locked(address: DatabaseAddress, cause: unknown): FanfoldError {
  return new FanfoldError(
    'CentralDatabaseLocked',
    `The migrations of the central database "${address.database}" are locked: another process migrates it, or one died while it did.`,
    {
      fault: 'configuration',
      nextStep:
        'If no other process does, free the lock in that database: UPDATE knex_migrations_lock SET is_locked = 0',
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
