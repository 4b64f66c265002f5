import { createTlsChooser, type TlsMode } from './adapters/mysql/connection/tls.ts';
import { createTenantDatabases } from './adapters/mysql/tenant-databases.ts';
import type { Bundle } from './core/bundle/bundle.ts';
import { FanfoldError } from './core/errors.ts';
import { holdsBundle } from './core/ready/holds-bundle.ts';
import type { TenantLogin } from './run-tenant-migrations.ts';

/** A tenant as an application knows it from its row in the central database. */
export interface ServedTenant {
  /** For the error. */
  readonly slug: string;
  /** Hash of the bundle that a run has reached last; it may lag until the end of a wave. */
  readonly schemaVersion: string | null;
  /** How to ask the tenant's database itself; called only where the row is behind. */
  readonly login: () => TenantLogin | Promise<TenantLogin>;
}

export interface TenantReadyOptions {
  /** Knex's `tableName`. Default: `knex_migrations`. */
  readonly tableName?: string | undefined;
  /** Verified TLS except on loopback (`auto`, the default), everywhere, or nowhere. */
  readonly tls?: TlsMode | undefined;
  /** PEM certificates to trust beside the system's and those of Amazon RDS. */
  readonly ca?: string | undefined;
  /** Default: 5. */
  readonly connectTimeoutSeconds?: number | undefined;
}

/**
 * Resolves where a tenant has the migrations that this build of an application needs, so that while a
 * fleet is being migrated only those requests are refused whose tenant is behind. Its row in the central
 * database is believed where it is up to date; where it is behind, the tenant's database is asked, with
 * one query over a connection of its own. What is given as a hash has to be of a bundle whose checksums
 * the database has recorded; with the bundle itself ids alone are compared. Remember what resolved: a
 * tenant that is ready stays so.
 *
 * Throws `TenantNotReady` (`retryable`): answer 503 with `Retry-After`. What keeps the database from
 * being asked is thrown as it is.
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
  if (tenant.schemaVersion === (typeof bundle === 'string' ? bundle : bundle.hash)) return;
  const databases = createTenantDatabases({
    connectTimeoutMs: (options.connectTimeoutSeconds ?? 5) * 1_000,
    tls: createTlsChooser({ mode: options.tls ?? 'auto', ca: options.ca }),
    tableName: options.tableName,
  });
  const { port = 3306, ...login } = await tenant.login();
  const state = await databases.using({ ...login, port }, (database) => database.readState());
  if (holdsBundle(state, bundle)) return;
  throw new FanfoldError(
    'TenantNotReady',
    `The database of "${tenant.slug}" does not have the migrations that this build needs yet.`,
    {
      fault: 'tenant',
      retryable: true,
      nextStep:
        'Answer 503 with Retry-After; where no run is under way, npm run migrate:status says what it lacks.',
    },
  );
}
