import type { Tenant } from '../../../src/core/tenant.ts';

/** A tenant whose database has a user of its own for migrations, `migrator`. */
export function tenantNamed(slug: string): Tenant {
  return {
    id: slug,
    slug,
    name: slug,
    status: 'ACTIVE',
    address: { host: 'db1', port: 3306, database: `db_${slug}`, user: 'app' },
    encryptedPassword: 'of the app',
    migrationLogin: { user: 'migrator', encryptedPassword: 'of the migrator' },
    schemaVersion: null,
    lastMigratedAt: null,
    lastRunId: null,
  };
}
