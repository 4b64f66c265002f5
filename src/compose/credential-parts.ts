import type { TenantDatabasesOptions } from '../adapters/mysql/tenant-databases.ts';
import type { PasswordMaking } from '../core/credentials/store-password.ts';
import type { RepairDependencies } from '../core/doctor/repair-tenant.ts';
import type { KeyRingSource } from '../core/encryption/key-ring.ts';
import { createPasswordOpener } from '../core/encryption/password-opener.ts';
import { createPasswordSealer, type PasswordFormat } from '../core/encryption/password-sealer.ts';
import type { AdminLogins } from '../core/provision/database-server.ts';

/** How the logins of tenants are changed, as an entrance reads it from its options. */
export interface CredentialPartsOptions {
  /** Connections to the servers of tenants. */
  readonly connection: Pick<TenantDatabasesOptions, 'tls' | 'connectTimeoutMs' | 'iamToken'>;
  readonly keyRing: KeyRingSource;
  readonly admins: AdminLogins;
  readonly passwordFormat: PasswordFormat | undefined;
}

/** Joins the changing of logins to MySQL; the registry comes with each piece of work. */
export async function credentialParts({
  connection,
  keyRing,
  admins,
  passwordFormat,
}: CredentialPartsOptions): Promise<Omit<PasswordMaking, 'registry' | 'accountsFrom'>> {
  const { createDatabaseServers } = await import('../adapters/mysql/database-servers.ts');
  const { createTenantDatabases } = await import('../adapters/mysql/tenant-databases.ts');
  return {
    admins,
    servers: createDatabaseServers(connection),
    databases: createTenantDatabases(connection),
    passwords: createPasswordOpener(keyRing),
    sealer: createPasswordSealer(keyRing, passwordFormat),
  };
}

/** Joins the repairs of what an examination finds to MySQL. */
export async function repairParts({
  connection,
  keyRing,
  admins,
  tableName,
}: Omit<CredentialPartsOptions, 'passwordFormat'> & {
  readonly tableName?: string | undefined;
}): Promise<Omit<RepairDependencies, 'accountsFrom'>> {
  const { createDatabaseServers } = await import('../adapters/mysql/database-servers.ts');
  return {
    admins,
    servers: createDatabaseServers({ ...connection, tableName }),
    passwords: createPasswordOpener(keyRing),
    requireTls: ({ host }) => connection.tls(host) !== undefined,
  };
}
