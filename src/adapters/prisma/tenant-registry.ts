import { randomUUID } from 'node:crypto';
import type { NewTenant } from '../../core/central/new-tenant.ts';
import type { TenantRegistry } from '../../core/central/tenant-registry.ts';
import { FanfoldError } from '../../core/errors.ts';
import type { TenantFilter } from '../../core/ports.ts';
import type { Tenant } from '../../core/tenant.ts';
import type { AskCentral } from './central-client.ts';
import { isDuplicate } from './central-error.ts';
import { slugTaken } from './slug-taken.ts';
import { TENANT_COLUMNS, tenantOfRow } from './tenant-row.ts';
import { tenantWhere } from './tenant-where.ts';

const PAGE_SIZE = 500;

/** Lists tenants for people, adds them and changes their status. */
export function createTenantRegistry(ask: AskCentral): TenantRegistry {
  return {
    list: (filter) => list(ask, filter),
    add: (tenant) => add(ask, tenant),
    async setStatus(id, status) {
      const { count } = await ask((prisma) =>
        prisma.tenant.updateMany({
          where: { id },
          data: {
            status,
            statusReason: null,
            updatedAt: new Date(),
            // Whoever makes it ACTIVE has looked at it: from now on it is never taken away.
            ...(status === 'ACTIVE' && { provisioning: null }),
          },
        }),
      );
      if (count === 0) {
        throw new FanfoldError('TenantUnknown', `There is no tenant with the id "${id}".`, {
          fault: 'usage',
          nextStep: 'List the tenants: npm run tenant:list',
        });
      }
    },
  };
}

async function* list(
  ask: AskCentral,
  filter: TenantFilter,
): AsyncGenerator<Tenant, void, undefined> {
  let after = '';
  for (;;) {
    const rows = await ask((prisma) =>
      prisma.tenant.findMany({
        where: { ...tenantWhere(filter), slug: { gt: after } },
        orderBy: { slug: 'asc' },
        select: TENANT_COLUMNS,
        take: PAGE_SIZE,
      }),
    );
    for (const row of rows) yield tenantOfRow(row);
    const last = rows[PAGE_SIZE - 1];
    if (last === undefined) return;
    after = last.slug;
  }
}

async function add(ask: AskCentral, tenant: NewTenant): Promise<Tenant> {
  const { id = randomUUID(), slug, name, status, address, encryptedPassword } = tenant;
  // In UTC, as Prisma reads it; the server would take its own time zone.
  const now = new Date();
  const row = await ask(async (prisma) => {
    try {
      return await prisma.tenant.create({
        data: {
          id,
          slug,
          name,
          status,
          dbHost: address.host,
          dbPort: address.port,
          dbName: address.database,
          dbUser: address.user,
          dbPassword: encryptedPassword,
          createdAt: now,
          updatedAt: now,
        },
        select: TENANT_COLUMNS,
      });
    } catch (error) {
      throw isDuplicate(error) ? slugTaken(slug) : error;
    }
  });
  return tenantOfRow(row);
}
