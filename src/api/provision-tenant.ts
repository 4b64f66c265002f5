import { centralAccess } from '../compose/central-access.ts';
import { heldBundle } from '../compose/held-bundle.ts';
import { usingHeldCentral } from '../compose/held-central.ts';
import { loadSnapshot } from '../compose/load-snapshot.ts';
import { processEnvironment } from '../compose/process-environment.ts';
import type { ProjectOptions } from '../compose/project/project-of-service.ts';
import { refillInBackground } from '../compose/refill-pool.ts';
import type { TlsMode } from '../core/central/central-parameter-names.ts';
import type { TenantsMapping } from '../core/central/tenants-mapping.ts';
import type { KeyRingSource } from '../core/encryption/key-ring.ts';
import type { PasswordFormat } from '../core/encryption/password-sealer.ts';
import type { AppliedMigration, Note } from '../core/outcome.ts';
import type { AdminLogins } from '../core/provision/database-server.ts';
import { provisionTenant as provision, type StepTime } from '../core/provision/provision-tenant.ts';
import { ProvisioningError } from '../core/provision/provisioning-error.ts';
import {
  A_BOOLEAN,
  A_TEXT,
  AN_OBJECT,
  checkOptions,
  isObject,
  type OptionRules,
} from '../core/service/check-options.ts';
import { CONNECTION_RULES, KEY_RULES, PROJECT_RULES } from '../core/service/connection-rules.ts';
import { serviceConnection } from './service-connection.ts';

/** Options that are not given come from the environment, under the names that the command line uses. */
export interface ProvisionTenantOptions extends ProjectOptions {
  /** Default: `CENTRAL_DATABASE_URL`. */
  readonly centralDatabaseUrl?: string | undefined;
  /**
   * The table and columns of the tenants in it. Default: `FANFOLD_CENTRAL_TENANTS`, that of the
   * configuration, or the table `tenants`.
   */
  readonly centralTenants?: TenantsMapping | undefined;
  /** Default: `DB_ENCRYPTION_KEY`, or the file that `DB_ENCRYPTION_KEY_FILE` names. */
  readonly keyRing?: KeyRingSource | undefined;
  /** How the password is written. Default: `DB_ENCRYPTION_FORMAT`. */
  readonly passwordFormat?: PasswordFormat | undefined;
  /** Default: `FANFOLD_ADMIN_URL` and `FANFOLD_ADMIN_FILE`. */
  readonly admins?: AdminLogins | undefined;
  /** How the tenant's users log in: `iam` is that of Amazon RDS and Aurora. Default: by a password. */
  readonly auth?: 'password' | 'iam' | undefined;
  /** Such as `utf8mb4_0900_ai_ci`. Default: the server's own for utf8mb4. */
  readonly collation?: string | undefined;
  /** Hosts that the tenant's user may log in from. Default: `%`. */
  readonly accountsFrom?: string | undefined;
  /**
   * Privileges of the tenant's user in its database, with commas. Default: `ALL`; if another user
   * migrates, those that read and write rows and do not change the schema.
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
  auth: { allowed: 'password or iam', fits: (value) => value === 'password' || value === 'iam' },
  collation: A_TEXT,
  accountsFrom: A_TEXT,
  privileges: A_TEXT,
  migrationPrivileges: A_TEXT,
  requireTls: A_BOOLEAN,
  signal: { allowed: 'an AbortSignal', fits: (value) => isObject(value) && 'aborted' in value },
};

/** The result of provisioning a tenant. */
export interface ProvisionedTenant {
  /** `interrupted` only if the signal was aborted; the same call then resumes. */
  readonly status: 'active' | 'interrupted';
  /** In order, with the time of each. */
  readonly steps: readonly StepTime[];
  readonly applied: readonly AppliedMigration[];
  /** Whether the database was made from a snapshot, and if not, why. */
  readonly notes: readonly Note[];
}

/**
 * Provisions a tenant, in place of the guide's `TenantProvisioningService.provisionTenant()`. Its row in
 * the central database has to exist, as `PROVISIONING` with `dbHost` and an empty `dbPassword` (`dbName`
 * and `dbUser` may be empty too). The call makes a user with a random password and the database, runs all
 * migrations and sets `ACTIVE`. The same call again does nothing, or resumes an interrupted one.
 *
 * Throws a {@link ProvisioningError} if it fails: the tenant is then `FAILED`, its row has the reason, and
 * the database and the user are removed again. An invalid configuration throws another `FanfoldError`
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
  const { signal = new AbortController().signal } = options;
  const environment = processEnvironment(process.env);
  const { projectOfService } = await import('../compose/project/project-of-service.ts');
  const project = await projectOfService(options);
  const { migrations, folderOptions, databases, tenants } = project;
  const central = await centralAccess({
    url: options.centralDatabaseUrl ?? environment.centralUrl,
    tls: { mode: options.tls ?? 'auto', ca: options.ca },
    tenants: options.centralTenants ?? environment.tenantsMapping() ?? tenants,
  });
  const keyRing = options.keyRing ?? environment.keyRing();
  const admins = options.admins ?? environment.adminLogins();
  const bundle = await heldBundle(migrations, folderOptions);
  const snapshot = await loadSnapshot(project.folder, project.provisioning);
  // Late: drivers, Knex and Prisma take longer to load than a service takes to start.
  const { provisioningParts } = await import('../compose/provisioning-parts.ts');
  const parts = await provisioningParts({
    ...options,
    tenants: { ...(await serviceConnection(options, 10)), ...databases, keyRing },
    admins,
    passwordFormat: options.passwordFormat ?? environment.passwordFormat(),
  });
  const size = project.provisioning?.pool ?? 0;
  return usingHeldCentral(central, async ({ provisioning: registry, pool }) => {
    const given = { ...parts, bundle, snapshot };
    const provisioning = { ...given, registry, ...(size > 0 && { pool }) };
    const outcome = await provision(tenantId, provisioning, signal);
    const address = outcome.tenant?.address;
    if (size > 0 && address !== undefined) {
      const { host, port } = address;
      refillInBackground({ host, port }, size, central, given);
    }
    if (outcome.status === 'failed') throw new ProvisioningError(outcome);
    const { status, steps, applied, notes } = outcome;
    return { status, steps, applied, notes };
  });
}
