import { raw, sqltag as sql } from '@prisma/client/runtime/client';
import type { CentralSession } from './central-session.ts';
import type { ListFilter } from './list-filter.ts';
import { hasIdAfter, hasStatus, idText, isOnHosts, where } from './tenants/conditions.ts';

/** An id with the server of its tenant, as the row names it. */
export interface ListedId {
  readonly id: string;
  readonly dbHost: string | null;
  readonly dbPort: string | null;
}

/** Reads the next ids in their order, at most `limit`. It needs no index other than the one on the id. */
export function readIdPage(
  { ask, source }: CentralSession,
  { status, hosts }: ListFilter,
  after: string,
  limit: number,
): Promise<ListedId[]> {
  const { dbHost, dbPort } = source.columns;
  const port = dbPort === undefined ? raw('NULL') : raw(`CAST(${dbPort.sql} AS CHAR)`);
  const query = sql`SELECT ${idText(source.columns)} AS id, CAST(${raw(dbHost.sql)} AS CHAR) AS dbHost, ${port} AS dbPort
    FROM ${raw(source.from)}
    ${where(hasStatus(source, status), isOnHosts(source, hosts), hasIdAfter(source, after))}
    ORDER BY ${raw(source.columns.id.sql)} LIMIT ${raw(String(Math.trunc(limit)))}`;
  return ask((prisma) => prisma.$queryRaw<ListedId[]>(query));
}
