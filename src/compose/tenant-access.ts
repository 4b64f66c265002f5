import type { TenantDatabasesOptions } from '../adapters/mysql/tenant-databases.ts';
import type { KeyRingSource } from '../core/encryption/key-ring.ts';
import { createPasswordOpener } from '../core/encryption/password-opener.ts';
import type { PasswordOpener, TenantDatabases } from '../core/ports.ts';

/** How tenant databases are reached and migrated. */
export interface TenantAccessOptions extends TenantDatabasesOptions {
  /** Opens the passwords of tenants. */
  readonly keyRing: KeyRingSource;
}

/** The parts that every operation on a tenant's database takes. */
export interface TenantAccess {
  readonly databases: TenantDatabases;
  readonly passwords: PasswordOpener;
}

/** Joins tenant databases on MySQL to the key ring that opens their passwords. */
export async function tenantAccess({
  keyRing,
  ...options
}: TenantAccessOptions): Promise<TenantAccess> {
  return { databases: await tenantDatabases(options), passwords: createPasswordOpener(keyRing) };
}

/** Tenant databases on MySQL and MariaDB. The drivers are loaded by the first call. */
export async function tenantDatabases(options: TenantDatabasesOptions): Promise<TenantDatabases> {
  const { createTenantDatabases } = await import('../adapters/mysql/tenant-databases.ts');
  return createTenantDatabases(options);
}
