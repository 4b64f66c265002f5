/**
 * The public API of Fanfold, for services that migrate tenants themselves.
 *
 * One tenant, such as one that is being provisioned: {@link runTenantMigrations}.
 *
 * A fleet: {@link runFanOut} over a `TenantDirectory` of your own, with {@link createMigrateTenant},
 * {@link loadMigrationsFolder}, {@link createLocalRunStore}, {@link systemClock} and
 * {@link renderHtmlReport} as its parts. The command line is made of the same ones.
 *
 * @module
 */
import { loadMigrationsFolder } from './adapters/local/migrations-folder.ts';
import { createTenantDatabases } from './adapters/mysql/tenant-databases.ts';
import { createTlsChooser, type TlsMode } from './adapters/mysql/tls.ts';
import { checkMigrations } from './core/bundle/check-migrations.ts';
import { requestedBundle } from './core/bundle/requested-bundle.ts';
import { FanfoldError } from './core/errors.ts';
import { createMigrateTenant } from './core/migrate/migrate-tenant.ts';
import type { AppliedMigration, Note } from './core/outcome.ts';
import { parseRunRequest } from './core/wire/parse-run-request.ts';

export { createLocalRunStore } from './adapters/local/run-store.ts';
export { systemClock } from './adapters/local/system-clock.ts';
export { renderHtmlReport } from './adapters/report/html-report.ts';
export type { Bundle, Migration, MigrationModule } from './core/bundle/bundle.ts';
export { encryptPassword } from './core/encryption/encrypt-password.ts';
export { type EncryptionKey, parseEncryptionKey } from './core/encryption/encryption-key.ts';
export { createPasswordOpener } from './core/encryption/password-opener.ts';
export type { Fault } from './core/errors.ts';
export type { Reporter, RunEvent } from './core/events.ts';
export type { Failure } from './core/failure.ts';
export type { Attempt, AttemptTenant } from './core/migrate/attempt.ts';
export type { Outcome } from './core/outcome.ts';
export type { RunStore, TenantDirectory } from './core/ports.ts';
export type { Summary } from './core/reduce/summary.ts';
export type { RunRequest } from './core/request.ts';
export {
  type FanOut,
  type FanOutDependencies,
  type RunResult,
  runFanOut,
} from './core/run-fan-out.ts';
export type { DatabaseAddress, Tenant, TenantRef } from './core/tenant.ts';
export type { AppliedMigration, Note };
export {
  createMigrateTenant,
  createTenantDatabases,
  createTlsChooser,
  FanfoldError,
  loadMigrationsFolder,
  parseRunRequest,
};

/** Where a tenant's database is and how to log in there; the password is plain text. */
export interface TenantLogin {
  readonly host: string;
  /** Default: 3306. */
  readonly port?: number | undefined;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

export interface TenantMigrationsOptions {
  /** Folder of the tenant migrations. Default: `./migrations/tenant`. */
  readonly migrations?: string | undefined;
  /** Id of the last migration to apply. Default: all. */
  readonly to?: string | undefined;
  /** Fail where applied migrations have changed since. Default: they are noted. */
  readonly strict?: boolean | undefined;
  /** Go on where the database has migrations that the folder lacks. */
  readonly allowMissing?: boolean | undefined;
  /** Knex's `tableName`. Default: `knex_migrations`. */
  readonly tableName?: string | undefined;
  /** Knex's `disableTransactions`. */
  readonly disableTransactions?: boolean | undefined;
  /** Verified TLS except on loopback (`auto`, the default), everywhere, or nowhere. */
  readonly tls?: TlsMode | undefined;
  /** PEM certificates to trust beside the system's and those of Amazon RDS. */
  readonly ca?: string | undefined;
  /** Default: 10. */
  readonly connectTimeoutSeconds?: number | undefined;
  /** How long a statement waits for a lock. Default: 10. */
  readonly lockWaitTimeoutSeconds?: number | undefined;
}

/** What was done to a tenant's database. */
export interface TenantMigrations {
  /** In order; empty where the database was up to date. */
  readonly applied: readonly AppliedMigration[];
  readonly notes: readonly Note[];
}

/**
 * Brings one tenant's database up to date, in the place where a provisioning service would call
 * `knex.migrate.latest()`: under a lock on that database, so that it cannot meet a run over the
 * fleet, and with the same rows in `knex_migrations`. The folder is read anew with every call.
 *
 * Throws a {@link FanfoldError} where the database cannot be brought up to date. Its `code` is
 * stable, `nextStep` says what to do, and `retryable` whether the same call may succeed later.
 *
 * @example
 * ```ts
 * await createDatabase(tenant);
 * await runTenantMigrations({ host, database, user, password });
 * await setStatus(tenant, 'ACTIVE');
 * ```
 */
export async function runTenantMigrations(
  login: TenantLogin,
  options: TenantMigrationsOptions = {},
): Promise<TenantMigrations> {
  const { migrations = './migrations/tenant', connectTimeoutSeconds = 10 } = options;
  const { to, strict, allowMissing, lockWaitTimeoutSeconds } = options;
  const request = parseRunRequest({ to, strict, allowMissing, lockWaitTimeoutSeconds });
  const bundle = requestedBundle(await loadMigrationsFolder(migrations), request);
  await checkMigrations(bundle);
  const migrateTenant = createMigrateTenant({
    databases: createTenantDatabases({
      connectTimeoutMs: connectTimeoutSeconds * 1_000,
      tls: createTlsChooser({ mode: options.tls ?? 'auto', ca: options.ca }),
      tableName: options.tableName,
      disableTransactions: options.disableTransactions,
    }),
    passwords: { open: (password) => password },
    now: () => performance.now(),
  });
  const { host, port = 3306, database, user, password } = login;
  const attempt = await migrateTenant(
    {
      // There may be no row for it yet; nothing but the address and the password counts here.
      id: database,
      slug: database,
      name: database,
      status: 'PROVISIONING',
      address: { host, port, database, user },
      encryptedPassword: password,
      schemaVersion: null,
      lastMigratedAt: null,
      lastRunId: null,
    },
    { runId: 'runTenantMigrations', bundle, request },
  );
  if (attempt.status === 'failed') {
    const { code, message, nextStep, retryable } = attempt.failure;
    throw new FanfoldError(code, message, { fault: 'tenant', nextStep, retryable });
  }
  const applied = attempt.status === 'migrated' ? attempt.applied : [];
  return { applied, notes: attempt.notes };
}
