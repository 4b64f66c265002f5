import { systemClock } from '../adapters/local/system-clock.ts';
import { createPasswordSealer, type PasswordFormat } from '../core/encryption/password-sealer.ts';
import { createMigrateTenant } from '../core/migrate/migrate-tenant.ts';
import { APPLICATION_PRIVILEGES } from '../core/provision/database-privileges.ts';
import type { AdminLogins } from '../core/provision/database-server.ts';
import { parsePrivileges } from '../core/provision/parse-privileges.ts';
import type { Provisioning } from '../core/provision/provisioning.ts';
import { type TenantAccessOptions, tenantAccess } from './tenant-access.ts';

/** How tenants are provisioned, as an entrance reads it from its options. */
export interface ProvisioningPartsOptions {
  readonly tenants: TenantAccessOptions;
  readonly admins: AdminLogins;
  readonly passwordFormat: PasswordFormat | undefined;
  /** How users log in. Default: by a password. */
  readonly auth?: 'password' | 'iam' | undefined;
  readonly collation?: string | undefined;
  /** Default: `%`. */
  readonly accountsFrom?: string | undefined;
  /** With commas. Default: `ALL`; if a second user migrates, what works with rows. */
  readonly privileges?: string | undefined;
  /** With commas: those of a second user, which migrates. Default: there is none. */
  readonly migrationPrivileges?: string | undefined;
  /** Default: wherever we use TLS ourselves. */
  readonly requireTls?: boolean | undefined;
  /** How long a busy fence is waited for. */
  readonly fenceWaitSeconds?: number | undefined;
}

/** Six attempts within at most 15.5 seconds of waiting: fifty at once may fill a small server. */
const RETRY = { attempts: 6, baseMs: 500, capMs: 8_000 };

/** Joins provisioning to MySQL; the registry and the migrations come with each piece of work. */
export async function provisioningParts(
  options: ProvisioningPartsOptions,
): Promise<Omit<Provisioning, 'registry' | 'bundle'>> {
  const { createDatabaseServers } = await import('../adapters/mysql/database-servers.ts');
  const { admins, passwordFormat, fenceWaitSeconds, requireTls, migrationPrivileges } = options;
  const { keyRing, connectTimeoutMs, tls, iamToken, tableName } = options.tenants;
  const access = await tenantAccess(options.tenants);
  const privileges = migrationPrivileges === undefined ? 'ALL' : APPLICATION_PRIVILEGES.join(',');
  return {
    admins,
    attemptTenant: createMigrateTenant({ ...access, fenceWaitSeconds }),
    servers: createDatabaseServers({ connectTimeoutMs, tls, iamToken, tableName }),
    passwords: access.passwords,
    sealer: createPasswordSealer(keyRing, passwordFormat),
    settings: {
      accountsFrom: options.accountsFrom ?? '%',
      requireTls: (host) => requireTls ?? tls(host) !== undefined,
      auth: options.auth === 'iam' ? 'iam' : undefined,
      collation: options.collation,
      privileges: parsePrivileges(options.privileges ?? privileges),
      migrationPrivileges:
        migrationPrivileges === undefined ? undefined : parsePrivileges(migrationPrivileges),
    },
    clock: systemClock,
    random: Math.random,
    retry: RETRY,
  };
}
