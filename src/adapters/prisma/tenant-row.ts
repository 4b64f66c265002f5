import type { Tenant as TenantRow } from '../../../prisma/generated-central/client.ts';
import type { Tenant, TenantStatus } from '../../core/tenant.ts';

/** The columns that make a {@link Tenant}; a rotation's next password stays where it is. */
export const TENANT_COLUMNS = {
  id: true,
  slug: true,
  name: true,
  status: true,
  dbHost: true,
  dbPort: true,
  dbName: true,
  dbUser: true,
  dbPassword: true,
  migrationUser: true,
  migrationPassword: true,
  schemaVersion: true,
  lastMigratedAt: true,
  lastRunId: true,
} as const;

/**
 * Turns a row into a tenant. A status that is not one of ours passes as it is: the code only ever
 * asks whether a tenant is `ACTIVE`, and people should read what is stored.
 */
export function tenantOfRow(row: Pick<TenantRow, keyof typeof TENANT_COLUMNS>): Tenant {
  const { migrationUser, migrationPassword } = row;
  const migratesItself = migrationUser === null && migrationPassword === null;
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    status: row.status as TenantStatus,
    address: { host: row.dbHost, port: row.dbPort, database: row.dbName, user: row.dbUser },
    encryptedPassword: row.dbPassword,
    ...(!migratesItself && {
      // Half a login is passed on: whoever logs in has to say that it is one.
      migrationLogin: { user: migrationUser ?? '', encryptedPassword: migrationPassword ?? '' },
    }),
    schemaVersion: row.schemaVersion,
    lastMigratedAt: row.lastMigratedAt,
    lastRunId: row.lastRunId,
  };
}
