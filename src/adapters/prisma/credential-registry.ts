import type { Tenant as TenantRow } from '../../../prisma/generated-central/client.ts';
import type {
  CredentialRegistry,
  CredentialRow,
} from '../../core/credentials/credential-registry.ts';
import type { AskCentral } from './central-client.ts';
import { TENANT_COLUMNS, tenantOfRow } from './tenant-row.ts';

const COLUMNS = { ...TENANT_COLUMNS, dbPasswordNext: true } as const;

/** The logins of tenants, changed only as long as they are what was read. */
export function createCredentialRegistry(ask: AskCentral): CredentialRegistry {
  return {
    async read(id) {
      const row = await ask((prisma) =>
        prisma.tenant.findUnique({ where: { id }, select: COLUMNS }),
      );
      return row === null ? undefined : rowOf(row);
    },

    async page(after, limit) {
      const rows = await ask((prisma) =>
        prisma.tenant.findMany({
          where: { id: { gt: after } },
          orderBy: { id: 'asc' },
          select: COLUMNS,
          take: limit,
        }),
      );
      return rows.map(rowOf);
    },

    async change({ tenant, next }, change) {
      const { address, encryptedPassword, migrationPassword, next: newNext } = change;
      const { host, port, database, user } = tenant.address;
      const { count } = await ask((prisma) =>
        prisma.tenant.updateMany({
          // One statement reads and writes: nobody comes in between.
          where: {
            id: tenant.id,
            dbHost: host,
            dbPort: port,
            dbName: database,
            dbUser: user,
            dbPassword: tenant.encryptedPassword,
            dbPasswordNext: next,
            // Half a login has an empty text where the row has NULL.
            migrationUser: tenant.migrationLogin?.user || null,
            migrationPassword: tenant.migrationLogin?.encryptedPassword || null,
          },
          data: {
            ...(address !== undefined && {
              dbHost: address.host,
              dbPort: address.port,
              dbName: address.database,
              dbUser: address.user,
            }),
            ...(encryptedPassword !== undefined && { dbPassword: encryptedPassword }),
            ...(newNext !== undefined && { dbPasswordNext: newNext }),
            ...(migrationPassword !== undefined && { migrationPassword }),
            updatedAt: new Date(),
          },
        }),
      );
      return count === 1;
    },
  };
}

function rowOf(row: Pick<TenantRow, keyof typeof COLUMNS>): CredentialRow {
  return { tenant: tenantOfRow(row), next: row.dbPasswordNext };
}
