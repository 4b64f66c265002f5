import { join, raw, type Sql, sqltag as sql } from '@prisma/client/runtime/client';
import { type Cursor, roundRobin } from '../../core/list/round-robin.ts';
import type { CentralSession } from './central-session.ts';
import type { ListFilter } from './list-filter.ts';
import { hasStatus, idText, isBehind, isOnHosts, where } from './tenants/conditions.ts';

/** A database server, as the rows name it. */
interface Server {
  readonly dbHost: string | null;
  readonly dbPort: number | bigint | string | null;
}

/** Ids that one query reads at most. */
const IDS_PER_QUERY = 5_000;
/** Servers that one query reads at most, as its text grows with them. */
const SERVERS_PER_QUERY = 100;
/** A server's part of a query takes 0.1 ms before its first row: a page should be worth that. */
const WORTHWHILE_PAGE = 50;
/** Held at a time, over all servers. At some 100 bytes each this is 10 MB. */
const IDS_IN_MEMORY = 100_000;
/** Servers that take turns with one another. A fleet with more is listed one such group after another. */
const SERVERS_IN_TURN = 10_000;

/**
 * Ids of the tenants with that status, dealt round-robin over database servers, in memory that
 * grows neither with the tenants nor with the servers. Each server's pages are ranges of an index
 * (status, host, port, id), without which every one would read the whole table.
 *
 * A tenant that moves to another server while the listing is under way can come twice or not at
 * all, as can one whose status changes; a run looks at every tenant afresh before it acts.
 */
export async function* listByIndex(
  session: CentralSession,
  filter: ListFilter,
): AsyncGenerator<string, void, undefined> {
  for await (const servers of groupsOfServers(session, filter)) {
    yield* roundRobin(
      servers,
      (cursors, size) => readPages(session, filter, cursors, size),
      pageSize,
    );
  }
}

async function* groupsOfServers(
  session: CentralSession,
  filter: ListFilter,
): AsyncGenerator<Server[], void, undefined> {
  let last: Server | undefined;
  do {
    const servers: Server[] = await readServers(session, filter, last);
    if (servers.length > 0) yield servers;
    last = servers[SERVERS_IN_TURN - 1];
  } while (last !== undefined);
}

function readServers(
  { ask, source }: CentralSession,
  { status, hosts }: ListFilter,
  last: Server | undefined,
): Promise<Server[]> {
  const [host, port] = serverColumns(source);
  const behindLast =
    last === undefined
      ? undefined
      : sql`(${isAfter(host, last.dbHost)} OR (${host} <=> ${last.dbHost} AND ${isAfter(port, last.dbPort)}))`;
  const query = sql`SELECT ${host} AS dbHost, ${port} AS dbPort FROM ${raw(source.from)}
    ${where(hasStatus(source, status), isOnHosts(source, hosts), behindLast)}
    GROUP BY ${host}, ${port} ORDER BY ${host}, ${port} LIMIT ${raw(String(SERVERS_IN_TURN))}`;
  return ask((prisma) => prisma.$queryRaw<Server[]>(query));
}

/** NULL comes first, as in the order of the server. */
function isAfter(column: Sql, value: Server['dbHost' | 'dbPort']): Sql {
  return value === null ? sql`${column} IS NOT NULL` : sql`${column} > ${value}`;
}

function serverColumns({ columns }: CentralSession['source']): [Sql, Sql] {
  return [raw(columns.dbHost.sql), raw(columns.dbPort?.sql ?? 'NULL')];
}

function pageSize(servers: number): number {
  const wanted = Math.max(WORTHWHILE_PAGE, Math.floor(IDS_PER_QUERY / servers));
  return Math.min(wanted, Math.floor(IDS_IN_MEMORY / servers));
}

/** A page for each cursor, many in one query. */
async function readPages(
  session: CentralSession,
  filter: ListFilter,
  cursors: readonly Cursor<Server>[],
  size: number,
): Promise<string[][]> {
  const pages: string[][] = [];
  const step = Math.min(SERVERS_PER_QUERY, Math.max(1, Math.floor(IDS_PER_QUERY / size)));
  for (let start = 0; start < cursors.length; start += step) {
    const some = cursors.slice(start, start + step);
    pages.push(...(await readSomePages(session, filter, some, size)));
  }
  return pages;
}

/** One query for many pages: 1,000 servers want many small ones. */
async function readSomePages(
  { ask, source }: CentralSession,
  { status }: ListFilter,
  cursors: readonly Cursor<Server>[],
  size: number,
): Promise<string[][]> {
  const [host, port] = serverColumns(source);
  const branches = cursors.map(
    ({ source: { dbHost, dbPort }, after }, index) =>
      sql`(SELECT ${raw(String(index))} AS page, ${idText(source.columns)} AS id FROM ${raw(source.from)}
        ${where(
          hasStatus(source, status),
          sql`${host} <=> ${dbHost}`,
          sql`${port} <=> ${dbPort}`,
          isBehind(source, after),
        )} ORDER BY ${raw(source.columns.id.sql)} LIMIT ${raw(String(size))})`,
  );
  const query = join(branches, ' UNION ALL ');
  const rows = await ask((prisma) =>
    prisma.$queryRaw<{ page: number | bigint; id: string }[]>(query),
  );
  const pages = cursors.map((): string[] => []);
  for (const { page, id } of rows) pages[Number(page)]?.push(id);
  return pages;
}
