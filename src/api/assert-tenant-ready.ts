import { processEnvironment } from '../compose/process-environment.ts';
import { tenantDatabases } from '../compose/tenant-access.ts';
import type { Bundle } from '../core/bundle/bundle.ts';
import { holdsBundle, holdsSchema } from '../core/bundle/holds-bundle.ts';
import type { TlsMode } from '../core/central/central-parameter-names.ts';
import type { KeyRingSource } from '../core/encryption/key-ring.ts';
import { FanfoldError } from '../core/errors.ts';
import { openLogin } from '../core/iam/open-login.ts';
import {
  A_BOOLEAN,
  A_TEXT,
  checkOptions,
  type OptionRules,
} from '../core/service/check-options.ts';
import { CONNECTION_RULES, KEY_RULES } from '../core/service/connection-rules.ts';
import {
  type GivenRow,
  type TenantLogin,
  type TenantRow,
  tenantToMigrate,
} from '../core/service/tenant-to-migrate.ts';
import { serviceConnection } from './service-connection.ts';

/** A tenant as an application reads it from its row in the central database. */
export interface ServedTenant {
  /** Names the tenant in the error. */
  readonly slug: string;
  /** Hash of the bundle that a run has reached last; it may lag until the end of a wave. */
  readonly schemaVersion: string | null;
  /** Returns a login of the tenant's database, or the row. Called only if the row is behind. */
  readonly login: () => TenantLogin | TenantRow | Promise<TenantLogin | TenantRow>;
}

export interface TenantReadyOptions {
  /** Opens the `dbPassword` of a row. Default: `DB_ENCRYPTION_KEY`. */
  readonly keyRing?: KeyRingSource | undefined;
  /** Knex's `tableName`. Default: `knex_migrations`. */
  readonly tableName?: string | undefined;
  /** Verified TLS except on loopback (`auto`, the default), everywhere, or nowhere. */
  readonly tls?: TlsMode | undefined;
  /** PEM certificates to trust beside the system's and those of Amazon RDS. */
  readonly ca?: string | undefined;
  /** Whether a tenant is only ready once its backfills are complete too. Default: the schema is enough. */
  readonly backfills?: boolean | undefined;
  /** Default: 5. */
  readonly connectTimeoutSeconds?: number | undefined;
}

const RULES: OptionRules<TenantReadyOptions> = {
  ...CONNECTION_RULES,
  tableName: A_TEXT,
  backfills: A_BOOLEAN,
  keyRing: KEY_RULES.keyRing,
};

/**
 * Resolves if a tenant has the migrations that this build of an application needs, so that an application
 * refuses only requests to tenants that are behind while a fleet is being migrated. A row in the central
 * database that is up to date is enough. If the row is behind, one query asks the tenant's database over
 * a new connection. A hash is compared with the checksums that the database has recorded; for a bundle
 * only ids are compared, and backfills may be pending (`backfills`). Remember the tenants for which it resolved: a tenant that is ready stays ready.
 *
 * Throws `TenantNotReady` (`retryable`): answer 503 with `Retry-After`. An error that prevents the query
 * is thrown as it is.
 *
 * @example
 * ```ts
 * const { hash } = await loadMigrationsFolder('./migrations/tenant');
 * await assertTenantReady({ slug, schemaVersion, login: () => openLogin(tenant) }, hash);
 * ```
 */
export async function assertTenantReady(
  tenant: ServedTenant,
  bundle: Bundle | string,
  options: TenantReadyOptions = {},
): Promise<void> {
  checkOptions(options, RULES);
  // The recorded version is that of the schema, and does not show which backfills are complete.
  const isRecorded = tenant.schemaVersion === (typeof bundle === 'string' ? bundle : bundle.hash);
  if (isRecorded && options.backfills !== true) return;
  const databases = await tenantDatabases({
    ...(await serviceConnection(options, 5)),
    tableName: options.tableName,
  });
  const given = tenantToMigrate(
    await tenant.login(),
    () => options.keyRing ?? processEnvironment(process.env).keyRing(),
  );
  const login =
    'login' in given
      ? given.login
      : await openLogin(applicationLogin(given.tenant), given.passwords);
  const state = await databases.using(login, (database) => database.readState());
  if (holdsBundle(state, bundle)) return;
  const isSchemaEnough = options.backfills !== true && typeof bundle !== 'string';
  if (isSchemaEnough && (await holdsSchema(state, bundle))) return;
  throw new FanfoldError(
    'TenantNotReady',
    `The database of "${tenant.slug}" does not have the migrations that this build needs yet.`,
    {
      fault: 'tenant',
      retryable: true,
      nextStep:
        'Answer 503 with Retry-After; if no run is under way, `fanfold migrate:status` shows what it lacks.',
    },
  );
}

/** The login of the application, which has its row; a migration user may not be reachable from here. */
function applicationLogin({ id, address, encryptedPassword }: GivenRow['tenant']) {
  return { id, address, encryptedPassword };
}
