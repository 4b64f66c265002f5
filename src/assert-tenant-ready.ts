import { environmentKeyRing } from './adapters/local/environment-key-ring.ts';
import type { TlsMode } from './adapters/mysql/connection/tls.ts';
import type { Bundle } from './core/bundle/bundle.ts';
import type { KeyRingSource } from './core/encryption/key-ring.ts';
import { FanfoldError } from './core/errors.ts';
import { holdsBundle } from './core/ready/holds-bundle.ts';
import { A_TEXT, checkOptions, type OptionRules } from './core/service/check-options.ts';
import { CONNECTION_RULES, KEY_RULES } from './core/service/connection-rules.ts';
import {
  type TenantLogin,
  type TenantRow,
  tenantToMigrate,
} from './core/service/tenant-to-migrate.ts';

/** A tenant as an application knows it from its row in the central database. */
export interface ServedTenant {
  /** For the error. */
  readonly slug: string;
  /** Hash of the bundle that a run has reached last; it may lag until the end of a wave. */
  readonly schemaVersion: string | null;
  /** How to ask the tenant's database itself: a login, or the row. Called only where the row is behind. */
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
  /** Default: 5. */
  readonly connectTimeoutSeconds?: number | undefined;
}

const RULES: OptionRules<TenantReadyOptions> = {
  ...CONNECTION_RULES,
  tableName: A_TEXT,
  keyRing: KEY_RULES.keyRing,
};

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
  checkOptions(options, RULES);
  if (tenant.schemaVersion === (typeof bundle === 'string' ? bundle : bundle.hash)) return;
  const [{ createTenantDatabases }, { createTlsChooser }] = await Promise.all([
    import('./adapters/mysql/tenant-databases.ts'),
    import('./adapters/mysql/connection/tls.ts'),
  ]);
  const databases = createTenantDatabases({
    connectTimeoutMs: (options.connectTimeoutSeconds ?? 5) * 1_000,
    tls: createTlsChooser({ mode: options.tls ?? 'auto', ca: options.ca }),
    tableName: options.tableName,
  });
  const given = tenantToMigrate(
    await tenant.login(),
    () => options.keyRing ?? environmentKeyRing(process.env),
  );
  const { id, address, encryptedPassword } = given.tenant;
  const password = await given.passwords.open({ id, address, encryptedPassword });
  const state = await databases.using({ ...address, password }, (database) => database.readState());
  if (holdsBundle(state, bundle)) return;
  throw new FanfoldError(
    'TenantNotReady',
    `The database of "${tenant.slug}" does not have the migrations that this build needs yet.`,
    {
      fault: 'tenant',
      retryable: true,
      nextStep:
        'Answer 503 with Retry-After; where no run is under way, `fanfold migrate:status` says what it lacks.',
    },
  );
}
