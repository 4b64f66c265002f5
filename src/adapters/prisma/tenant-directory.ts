import { join, raw, sqltag as sql } from '@prisma/client/runtime/client';
import type { ReachedSchema, TenantDirectory, TenantFilter } from '../../core/ports.ts';
import type { CentralSession } from './central-session.ts';
import { listByIndex } from './list-by-index.ts';
import type { ListFilter } from './list-filter.ts';
import { listInWindows } from './list-in-windows.ts';
import { readIdPage } from './read-id-page.ts';
import { hasIdAmong, hasStatus, isOnHosts, where } from './tenants/conditions.ts';
import { createFleetCheck } from './tenants/fleet-check.ts';
import { OWN_TABLE } from './tenants/own-table.ts';
import { readTenants } from './tenants/read-tenants.ts';
import { fanfoldTenantsMissing } from './tenants/tenants-errors.ts';

/** Reads the tenants of runs, and records in `fanfold_tenants` which schema version a run has reached. */
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

    async idsAfter(filter, after, limit) {
      await checkFleet();
      const page = await readIdPage(session, activeByDefault(filter), after, limit);
      return page.map(({ id }) => id);
    },

    async findByIds(ids) {
      const wanted = new Set(ids);
      const found = await readTenants(session, hasIdAmong(source, ids));
      // The server may ignore case and trailing blanks when it compares; ids must match exactly.
      return found.map(({ tenant }) => tenant).filter(({ id }) => wanted.has(id));
    },

    async findByNames(names) {
      if (names.length === 0) return [];
      const wanted = new Set(names);
      // Two queries, because one with OR over two indexes may read the whole table.
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
        throw fanfoldTenantsMissing('records which schema version each tenant has reached');
      }
      const rows = ids.map((id) => sql`(${id}, ${schemaVersion}, ${runId}, ${at})`);
      const query = sql`INSERT INTO ${raw(OWN_TABLE)} (tenantId, schemaVersion, lastRunId, lastMigratedAt)
        VALUES ${join(rows)} ON DUPLICATE KEY UPDATE schemaVersion = ${schemaVersion},
        lastRunId = ${runId}, lastMigratedAt = ${at}`;
      await ask((prisma) => prisma.$executeRaw(query));
    },

    async forgetReached(ids) {
      if (ids.length === 0 || !session.hasOwnTable) return;
      const query = sql`UPDATE ${raw(OWN_TABLE)} SET schemaVersion = NULL
        WHERE tenantId IN (${join([...ids])}) AND schemaVersion IS NOT NULL`;
      await ask((prisma) => prisma.$executeRaw(query));
    },
  };
}

function activeByDefault({ status = 'ACTIVE', hosts }: TenantFilter) {
  return { status, hosts };
}

/** Lists ids in bounded memory: by the listing index if the status is one range of it, else in windows. */
function listIds(session: CentralSession, filter: ListFilter): AsyncIterable<string> {
  const isOneRange = filter.status !== 'ACTIVE' || session.source.active.length === 1;
  return session.source.hasListingIndex && isOneRange
    ? listByIndex(session, filter)
    : listInWindows(session, filter);
}
