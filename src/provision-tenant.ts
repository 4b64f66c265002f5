import { createAdminLogins } from './adapters/local/admin-logins.ts';
import { readCertificates } from './adapters/local/certificates-file.ts';
import { environmentKeyRing } from './adapters/local/environment-key-ring.ts';
import { loadMigrationsFolder } from './adapters/local/migrations-folder.ts';
import type { TlsMode } from './adapters/mysql/connection/tls.ts';
import { checkMigrations } from './core/bundle/check-migrations.ts';
import type { CentralDatabaseLogin, VerifiedTls } from './core/central/central-database-login.ts';
import { parseCentralDatabaseUrl } from './core/central/central-database-url.ts';
import { centralTlsMode } from './core/central/central-tls.ts';
import type { TenantsMapping } from './core/central/tenants-mapping.ts';
import { parseTenantsMapping, TENANTS_VARIABLE } from './core/central/tenants-mapping-text.ts';
import type { KeyRingSource } from './core/encryption/key-ring.ts';
import { createPasswordOpener } from './core/encryption/password-opener.ts';
import { type PasswordFormat, parsePasswordFormat } from './core/encryption/password-sealer.ts';
import { createMigrateTenant } from './core/migrate/migrate-tenant.ts';
import type { AppliedMigration } from './core/outcome.ts';
import type { AdminLogins } from './core/provision/database-server.ts';
import { provisionTenant as provision, type StepTime } from './core/provision/provision-tenant.ts';
import { ProvisioningError } from './core/provision/provisioning-error.ts';
import {
  A_BOOLEAN,
  A_TEXT,
  AN_OBJECT,
  checkOptions,
  isObject,
  type OptionRules,
} from './core/service/check-options.ts';
import { CONNECTION_RULES, KEY_RULES, PROJECT_RULES } from './core/service/connection-rules.ts';
import type { ProjectOptions } from './project/project-of-service.ts';

/** Options that are not given come from the environment, under the names that the command line knows. */
export interface ProvisionTenantOptions extends ProjectOptions {
  /** Default: `CENTRAL_DATABASE_URL`. */
  readonly centralDatabaseUrl?: string | undefined;
  /**
   * Where the tenants stand in it. Default: `FANFOLD_CENTRAL_TENANTS`, that of the configuration, or the
   * table `tenants`.
   */
  readonly centralTenants?: TenantsMapping | undefined;
  /** Default: `DB_ENCRYPTION_KEY`, or the file that `DB_ENCRYPTION_KEY_FILE` names. */
  readonly keyRing?: KeyRingSource | undefined;
  /** How the password is written. Default: `DB_ENCRYPTION_FORMAT`. */
  readonly passwordFormat?: PasswordFormat | undefined;
  /** Default: `FANFOLD_ADMIN_URL` and `FANFOLD_ADMIN_FILE`. */
  readonly admins?: AdminLogins | undefined;
  /** Such as `utf8mb4_0900_ai_ci`. Default: the server's own for utf8mb4. */
  readonly collation?: string | undefined;
  /** Where the tenant's user may log in from. Default: `%`. */
  readonly accountsFrom?: string | undefined;
  /**
   * Privileges of the tenant's user in its database, with commas. Default: `ALL`; beside a user that
   * migrates, what works with rows and does not change the schema.
   */
  readonly privileges?: string | undefined;
  /** Makes a second user, which migrates, with these privileges (`ALL`). Default: there is none. */
  readonly migrationPrivileges?: string | undefined;
  /** Whether the server is to refuse the user without TLS. Default: wherever TLS is used. */
  readonly requireTls?: boolean | undefined;
  /** Verified TLS except on loopback (`auto`, the default), everywhere, or nowhere. */
  readonly tls?: TlsMode | undefined;
  /** PEM certificates to trust beside the system's and those of Amazon RDS. */
  readonly ca?: string | undefined;
  /** Default: 10. */
  readonly connectTimeoutSeconds?: number | undefined;
  /** Once it is aborted no further step begins. */
  readonly signal?: AbortSignal | undefined;
}

const RULES: OptionRules<ProvisionTenantOptions> = {
  ...CONNECTION_RULES,
  ...PROJECT_RULES,
  keyRing: KEY_RULES.keyRing,
  centralDatabaseUrl: { ...A_TEXT, allowed: 'an address: mysql://…', isSecret: true },
  passwordFormat: { allowed: 'v1 or v2', fits: (value) => value === 'v1' || value === 'v2' },
  admins: AN_OBJECT,
  centralTenants: AN_OBJECT,
  collation: A_TEXT,
  accountsFrom: A_TEXT,
  privileges: A_TEXT,
  migrationPrivileges: A_TEXT,
  requireTls: A_BOOLEAN,
  signal: { allowed: 'an AbortSignal', fits: (value) => isObject(value) && 'aborted' in value },
};

/** The result of provisioning a tenant. */
export interface ProvisionedTenant {
  /** `interrupted` only if the signal was aborted; the same call goes on then. */
  readonly status: 'active' | 'interrupted';
  /** In order, with the time of each. */
  readonly steps: readonly StepTime[];
  readonly applied: readonly AppliedMigration[];
}

/**
 * Makes a tenant, in the place of the guide's `TenantProvisioningService.provisionTenant()`: its row in
 * the central database is there, as `PROVISIONING` with `dbHost` and an empty `dbPassword` (`dbName` and
 * `dbUser` may be empty too); a user with a random password, the database and all migrations follow,
 * then it is `ACTIVE`. The same call again does nothing, or resumes where the last one was interrupted.
 *
 * Throws a {@link ProvisioningError} if it fails: the tenant is `FAILED` then, its row says why, and
 * what was made is taken away. What is wrong with the configuration is thrown as another `FanfoldError`,
 * before anything is done.
 *
 * @example
 * ```ts
 * const { id } = await prisma.tenant.create({
 *   data: { slug, name, dbHost: 'db1.example.com', dbName: '', dbUser: '', dbPassword: '' },
 * });
 * await provisionTenant(id);
 * ```
 */
export async function provisionTenant(
  tenantId: string,
  options: ProvisionTenantOptions = {},
): Promise<ProvisionedTenant> {
  checkOptions(options, RULES);
  const { env } = process;
  const { signal = new AbortController().signal } = options;
  const { projectOfService } = await import('./project/project-of-service.ts');
  const { migrations, folderOptions, databases, tenants } = await projectOfService(options);
  const login = parseCentralDatabaseUrl(options.centralDatabaseUrl ?? env.CENTRAL_DATABASE_URL);
  const keyRing = options.keyRing ?? environmentKeyRing(env);
  const admins =
    options.admins ??
    createAdminLogins({ url: env.FANFOLD_ADMIN_URL, file: env.FANFOLD_ADMIN_FILE });
  const bundle = await loadMigrationsFolder(migrations, folderOptions);
  await checkMigrations(bundle);
  // Late: drivers, Knex and Prisma take longer to load than a service takes to start.
  const [{ createTenantDatabases }, { createTlsChooser }, { usingCentralDatabase }, parts] =
    await Promise.all([
      import('./adapters/mysql/tenant-databases.ts'),
      import('./adapters/mysql/connection/tls.ts'),
      import('./adapters/prisma/central-database.ts'),
      import('./create-provisioning.ts'),
    ]);
  const tls = createTlsChooser({ mode: options.tls ?? 'auto', ca: options.ca });
  const connection = { connectTimeoutMs: (options.connectTimeoutSeconds ?? 10) * 1_000, tls };
  return usingCentralDatabase(
    {
      login,
      tls: await centralTls(login, options),
      tenants: options.centralTenants ?? parseTenantsMapping(env[TENANTS_VARIABLE]) ?? tenants,
    },
    async ({ provisioning: registry }) => {
      const provisioning = parts.createProvisioning({
        ...options,
        ...connection,
        tableName: databases.tableName,
        registry,
        admins,
        bundle,
        keyRing,
        passwordFormat: options.passwordFormat ?? parsePasswordFormat(env.DB_ENCRYPTION_FORMAT),
        attemptTenant: createMigrateTenant({
          databases: createTenantDatabases({ ...connection, ...databases }),
          passwords: createPasswordOpener(keyRing),
        }),
      });
      const outcome = await provision(tenantId, provisioning, signal);
      if (outcome.status === 'failed') throw new ProvisioningError(outcome);
      const { status, steps, applied } = outcome;
      return { status, steps, applied };
    },
  );
}

/** How the central database is connected to, which its URL may say as well. */
async function centralTls(
  login: CentralDatabaseLogin,
  { tls = 'auto', ca }: ProvisionTenantOptions,
): Promise<VerifiedTls | undefined> {
  const file = login.parameters?.caFile;
  const nextStep = 'Name a PEM file in CENTRAL_DATABASE_URL (ssl-ca) that this user may read.';
  const texts = [ca, file === undefined ? undefined : await readCertificates(file, nextStep)];
  const { createTlsChooser } = await import('./adapters/mysql/connection/tls.ts');
  const choose = createTlsChooser({
    mode: centralTlsMode(tls, login),
    ca: texts.filter((text) => text !== undefined).join('\n') || undefined,
  });
  const ssl = choose(login.host);
  return ssl === undefined ? undefined : { ca: ssl.ca as string[] };
}
