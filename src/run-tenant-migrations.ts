import { randomUUID } from 'node:crypto';
import { loadMigrationsFolder } from './adapters/local/migrations-folder.ts';
import { createTlsChooser, type TlsMode } from './adapters/mysql/connection/tls.ts';
import { checkKnexSettings } from './adapters/mysql/migration/knex/check-knex-settings.ts';
import type { KnexSettings } from './adapters/mysql/migration/knex/knex-settings.ts';
import { createTenantDatabases } from './adapters/mysql/tenant-databases.ts';
import { checkMigrations } from './core/bundle/check-migrations.ts';
import { requestedBundle } from './core/bundle/requested-bundle.ts';
import { createMigrateTenant } from './core/migrate/migrate-tenant.ts';
import { TenantMigrationError } from './core/migrate/tenant-migration-error.ts';
import type { AppliedMigration, Note } from './core/outcome.ts';
import { parseRunRequest } from './core/wire/parse-run-request.ts';

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
  /** Fail if applied migrations have changed since. Default: they are noted. */
  readonly strict?: boolean | undefined;
  /** Continue if the database has migrations that the folder lacks. */
  readonly allowMissing?: boolean | undefined;
  /** Knex's `tableName`. Default: `knex_migrations`. */
  readonly tableName?: string | undefined;
  /** Knex's `disableTransactions`. */
  readonly disableTransactions?: boolean | undefined;
  /**
   * Settings of your knexfile beside the address: `wrapIdentifier`, `postProcessResponse`, mysql2's options
   * under `connection`, `pool.afterCreate` and the like. By default what plain Knex does. A setting that
   * cannot be honoured is refused by its name (`KnexSettingRefused`).
   */
  readonly knex?: KnexSettings | undefined;
  /** Verified TLS except on loopback (`auto`, the default), everywhere, or nowhere. */
  readonly tls?: TlsMode | undefined;
  /** PEM certificates to trust beside the system's and those of Amazon RDS. */
  readonly ca?: string | undefined;
  /** Default: 10. */
  readonly connectTimeoutSeconds?: number | undefined;
  /** How long a statement waits for a lock. Default: 10. */
  readonly lockWaitTimeoutSeconds?: number | undefined;
}

/** The result of migrating a tenant's database. */
export interface TenantMigrations {
  /** In order; empty if the database was up to date. */
  readonly applied: readonly AppliedMigration[];
  readonly notes: readonly Note[];
}

/**
 * Brings one tenant's database up to date, in the place where a provisioning service would call
 * `knex.migrate.latest()`: under a lock on that database, so that it cannot meet a run over the
 * fleet, and with the same rows in `knex_migrations`. The folder is read anew with every call.
 *
 * Throws a {@link TenantMigrationError} if the database cannot be brought up to date: its `code`
 * is stable, `nextStep` says what to do, `retryable` whether the same call may succeed later,
 * `failure` if it failed and `applied` what is kept. What is wrong with the options or the folder
 * is thrown as another `FanfoldError`, before the database is touched.
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
  const knex = checkKnexSettings({ ...options.knex });
  const request = parseRunRequest({ to, strict, allowMissing, lockWaitTimeoutSeconds });
  const bundle = requestedBundle(await loadMigrationsFolder(migrations), request);
  await checkMigrations(bundle);
  const migrateTenant = createMigrateTenant({
    databases: createTenantDatabases({
      connectTimeoutMs: connectTimeoutSeconds * 1_000,
      tls: createTlsChooser({ mode: options.tls ?? 'auto', ca: options.ca }),
      tableName: options.tableName,
      disableTransactions: options.disableTransactions,
      knex,
    }),
    passwords: { open: async ({ encryptedPassword }) => encryptedPassword },
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
    { runId: `runTenantMigrations-${randomUUID()}`, bundle, request },
  );
  if (attempt.status === 'failed') throw new TenantMigrationError(attempt.failure, attempt.applied);
  const applied = attempt.status === 'migrated' ? attempt.applied : [];
  return { applied, notes: attempt.notes };
}
