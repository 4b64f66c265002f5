import type { ReachedSchema, TenantDirectory, TenantFilter } from '../../core/ports.ts';
import type { Tenant } from '../../core/tenant.ts';
import type { AskCentral } from './central-client.ts';
import { listIds } from './list-ids.ts';
import { TENANT_COLUMNS, tenantOfRow } from './tenant-row.ts';
import { tenantWhere } from './tenant-where.ts';

/** Reads the tenants that runs are about, and writes back what a run has reached. */
export function createTenantDirectory(ask: AskCentral): TenantDirectory {
  return {
    count: (filter) =>
      ask((prisma) => prisma.tenant.count({ where: tenantWhere(activeByDefault(filter)) })),
    listIds: (filter) => listIds(ask, activeByDefault(filter)),
    async findByIds(ids) {
      const wanted = new Set(ids);
      // Blanks at the end do not count where MySQL compares CHAR and VARCHAR; here they do.
      return (await findByColumn(ask, 'id', ids)).filter(({ id }) => wanted.has(id));
    },
    async findByNames(names) {
      const wanted = new Set(names);
      // Two queries: one with OR over two indexes can end up reading the whole table.
      const found = await Promise.all([
        findByColumn(ask, 'id', names),
        findByColumn(ask, 'slug', names),
      ]);
      const byId = new Map(found.flat().map((tenant) => [tenant.id, tenant]));
      return [...byId.values()].filter(({ id, slug }) => wanted.has(id) || wanted.has(slug));
    },
    async recordReached(ids, reached) {
      await ask((prisma) =>
        prisma.tenant.updateMany({
          where: { id: { in: [...ids] } },
          data: reachedColumns(reached),
        }),
      );
    },
  };
}

function activeByDefault({ status = 'ACTIVE', hosts }: TenantFilter) {
  return { status, hosts };
}

async function findByColumn(
  ask: AskCentral,
  column: 'id' | 'slug',
  values: readonly string[],
): Promise<Tenant[]> {
  const rows = await ask((prisma) =>
    prisma.tenant.findMany({ where: { [column]: { in: [...values] } }, select: TENANT_COLUMNS }),
  );
  return rows.map(tenantOfRow);
}

function reachedColumns({ schemaVersion, runId, at }: ReachedSchema) {
  // The server would note the time by itself, in its own time zone and again for every repetition.
  return { schemaVersion, lastRunId: runId, lastMigratedAt: at, updatedAt: at };
}
