import { join, raw, sqltag as sql } from '@prisma/client/runtime/client';
import type { ReachedSchema, TenantDirectory, TenantFilter } from '../../core/ports.ts';
import type { CentralSession } from './central-session.ts';
import { listIds } from './list-ids.ts';
import { createFleetCheck } from './tenants/check-fleet.ts';
import { hasIdAmong, hasStatus, isOnHosts, where } from './tenants/conditions.ts';
import { OWN_TABLE } from './tenants/own-table.ts';
import { readTenants } from './tenants/read-tenants.ts';
import { fanfoldTenantsMissing } from './tenants/tenants-errors.ts';

/** Reads the tenants that runs are about, and writes down in the table of ours what a run has reached. */
export function createTenantDirectory(session: CentralSession): TenantDirectory {
  const { ask, source } = session;
  const checkFleet = createFleetCheck(session);
  return {
    async count(filter) {
      await checkFleet();
      const { status, hosts } = activeByDefault(filter);
      const query = sql`SELECT COUNT(*) AS tenants FROM ${raw(source.from)}
        ${where(hasStatus(source, status), isOnHosts(source, hosts))}`;
      const [row] = await ask((prisma) => prisma.$queryRaw<{ tenants: bigint | number }[]>(query));
      return Number(row?.tenants ?? 0);
    },

    async *listIds(filter) {
      await checkFleet();
      yield* listIds(session, activeByDefault(filter));
    },

    async findByIds(ids) {
      const wanted = new Set(ids);
      const found = await readTenants(session, hasIdAmong(source, ids));
      // Blanks at the end, or case, may not count where the server compares; here they do.
      return found.map(({ tenant }) => tenant).filter(({ id }) => wanted.has(id));
    },

    async findByNames(names) {
      if (names.length === 0) return [];
      const wanted = new Set(names);
      // Two queries: one with OR over two indexes can end up reading the whole table.
      const found = await Promise.all([
        readTenants(session, hasIdAmong(source, names)),
        readTenants(session, sql`${raw(source.columns.slug.sql)} IN (${join([...wanted])})`),
      ]);
      const byId = new Map(found.flat().map(({ tenant }) => [tenant.id, tenant]));
      return [...byId.values()].filter(({ id, slug }) => wanted.has(id) || wanted.has(slug));
    },

    async recordReached(ids, { schemaVersion, runId, at }: ReachedSchema) {
      if (ids.length === 0) return;
      if (!session.hasOwnTable) {
        throw fanfoldTenantsMissing('remembers which tenants have reached which schema');
      }
      const rows = ids.map((id) => sql`(${id}, ${schemaVersion}, ${runId}, ${at})`);
      const query = sql`INSERT INTO ${raw(OWN_TABLE)} (tenantId, schemaVersion, lastRunId, lastMigratedAt)
        VALUES ${join(rows)} ON DUPLICATE KEY UPDATE schemaVersion = ${schemaVersion},
        lastRunId = ${runId}, lastMigratedAt = ${at}`;
      await ask((prisma) => prisma.$executeRaw(query));
    },
  };
}

function activeByDefault({ status = 'ACTIVE', hosts }: TenantFilter) {
  return { status, hosts };
}
