import { randomUUID } from 'node:crypto';
import { heldBundle } from '../compose/held-bundle.ts';
import { processEnvironment } from '../compose/process-environment.ts';
import type { ProjectOptions } from '../compose/project/project-of-service.ts';
import { tenantDatabases } from '../compose/tenant-access.ts';
import type { TlsMode } from '../core/central/central-parameter-names.ts';
import { fixedKeyRing, type KeyRingSource } from '../core/encryption/key-ring.ts';
import { parseKeyRing } from '../core/encryption/parse-key-ring.ts';
import { FanfoldError } from '../core/errors.ts';
import { migrateDatabase } from '../core/migrate/migrate-database.ts';
import { createMigrateTenant } from '../core/migrate/migrate-tenant.ts';
import { TenantMigrationError } from '../core/migrate/tenant-migration-error.ts';
import type { AppliedMigration, Note } from '../core/outcome.ts';
import { GUARD_SHAPE, guardProblems } from '../core/safety/guard/guard-problems.ts';
import { type GuardSettings, mergeGuards } from '../core/safety/guard/guard-settings.ts';
import {
  A_BOOLEAN,
  A_TEXT,
  checkOptions,
  isObject,
  type OptionRule,
  type OptionRules,
  SECONDS,
} from '../core/service/check-options.ts';
import { CONNECTION_RULES, KEY_RULES, PROJECT_RULES } from '../core/service/connection-rules.ts';
import {
  type TenantLogin,
  type TenantRow,
  tenantToMigrate,
} from '../core/service/tenant-to-migrate.ts';
import { serviceConnection } from './service-connection.ts';

export interface TenantMigrationsOptions extends ProjectOptions {
  /** The key of a row's `dbPassword`, as text. Default: `DB_ENCRYPTION_KEY`. */
  readonly encryptionKey?: string | undefined;
  /** The same as a ring, for keys that change. Default: `DB_ENCRYPTION_KEY_FILE`. */
  readonly keyRing?: KeyRingSource | undefined;
  /** Id of the last migration to apply. Default: all. */
  readonly to?: string | undefined;
  /** Fail if applied migrations have changed since. Default: they are noted. */
  readonly strict?: boolean | undefined;
  /** Continue if the database has migrations that the folder lacks. */
  readonly allowMissing?: boolean | undefined;
  /** Verified TLS except on loopback (`auto`, the default), everywhere, or nowhere. */
  readonly tls?: TlsMode | undefined;
  /** PEM certificates to trust beside the system's and those of Amazon RDS. */
  readonly ca?: string | undefined;
  /** Default: 10. */
  readonly connectTimeoutSeconds?: number | undefined;
  /** How long a statement waits for a lock. Default: 10. */
  readonly lockWaitTimeoutSeconds?: number | undefined;
  /** Limits for statements that change existing tables. Default: those of the configuration. */
  readonly safety?: GuardSettings | undefined;
}

const A_GUARD: OptionRule = {
  allowed: GUARD_SHAPE,
  fits: (value) => isObject(value) && guardProblems(value).length === 0,
};

const RULES: OptionRules<TenantMigrationsOptions> = {
  ...KEY_RULES,
  ...CONNECTION_RULES,
  ...PROJECT_RULES,
  to: A_TEXT,
  strict: A_BOOLEAN,
  allowMissing: A_BOOLEAN,
  lockWaitTimeoutSeconds: SECONDS,
  safety: A_GUARD,
};

/** The result of migrating a tenant's database. */
export interface TenantMigrations {
  /** In order; empty if the database was up to date. */
  readonly applied: readonly AppliedMigration[];
  readonly notes: readonly Note[];
}

/**
 * Brings one tenant's database up to date, in place of a provisioning service's call to
 * `knex.migrate.latest()`: under a lock on that database, so that it cannot collide with a run over the
 * fleet, and with the same rows in `knex_migrations`. Every call reads the folder again.
 *
 * Takes a row of the guide's table `tenants`, whose `dbPassword` is opened with the key, or a login with
 * the password itself.
 *
 * Throws a {@link TenantMigrationError} if the database cannot be brought up to date: its `code`
 * is stable, `nextStep` says what to do, `retryable` whether the same call may succeed later,
 * `failure` has the facts and `applied` the migrations that are kept. Invalid fields of the
 * tenant (`TenantLoginInvalid`), options or a folder throw another `FanfoldError` before the database
 * is touched.
 *
 * @example
 * ```ts
 * const tenant = await prisma.tenant.findUniqueOrThrow({ where: { id } });
 * await runTenantMigrations(tenant);
 * ```
 */
export async function runTenantMigrations(
  tenant: TenantRow | TenantLogin,
  options: TenantMigrationsOptions = {},
): Promise<TenantMigrations> {
  checkOptions(options, RULES);
  const { to } = options;
  const given = tenantToMigrate(tenant, () => keyRingOf(options));
  // Late: drivers, Knex and schemas take longer to load than a service takes to start.
  const [{ projectOfService }, wire] = await Promise.all([
    import('../compose/project/project-of-service.ts'),
    import('../core/wire/parse-run-request.ts'),
  ]);
  const project = await projectOfService(options);
  const { migrations, folderOptions, request: defaults } = project;
  const request = wire.parseRunRequest({
    to,
    strict: options.strict ?? defaults?.strict,
    allowMissing: options.allowMissing ?? defaults?.allowMissing,
    lockWaitTimeoutSeconds: options.lockWaitTimeoutSeconds ?? defaults?.lockWaitTimeoutSeconds,
    safety: mergeGuards(defaults?.safety, options.safety),
  });
  const bundle = await heldBundle(migrations, folderOptions, request);
  const databases = await tenantDatabases({
    ...(await serviceConnection(options, 10)),
    ...project.databases,
  });
  const context = { runId: `runTenantMigrations-${randomUUID()}`, bundle, request };
  const attempt =
    'login' in given
      ? await migrateDatabase(given.login, context, { databases })
      : await createMigrateTenant({ databases, passwords: given.passwords })(given.tenant, context);
  if (attempt.status === 'failed') throw new TenantMigrationError(attempt.failure, attempt.applied);
  const applied = attempt.status === 'migrated' ? attempt.applied : [];
  return { applied, notes: attempt.notes };
}

function keyRingOf({ encryptionKey, keyRing }: TenantMigrationsOptions): KeyRingSource {
  if (encryptionKey !== undefined && keyRing !== undefined) {
    throw new FanfoldError('OptionInvalid', '"encryptionKey" and "keyRing" exclude each other.', {
      fault: 'usage',
      nextStep: 'Give one of them, or neither to use DB_ENCRYPTION_KEY.',
    });
  }
  if (encryptionKey !== undefined)
    return fixedKeyRing(parseKeyRing(encryptionKey, 'encryptionKey'));
  return keyRing ?? processEnvironment(process.env).keyRing();
}
