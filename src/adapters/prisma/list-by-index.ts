import { join, raw, type Sql, sqltag as sql } from '@prisma/client/runtime/client';
import { type Cursor, roundRobin } from '../../core/list/round-robin.ts';
import type { CentralSession } from './central-session.ts';
import type { ListFilter } from './list-filter.ts';
import { hasIdAfter, hasStatus, idText, isOnHosts, where } from './tenants/conditions.ts';

/** A database server, as the rows name it. */
interface Server {
  readonly dbHost: string | null;
  readonly dbPort: number | bigint | string | null;
}

/** The maximum number of ids that one query reads. */
const IDS_PER_QUERY = 5_000;
/** The maximum number of servers in one query, because its text grows with each. */
const SERVERS_PER_QUERY = 100;
/** The smallest page. A server's part of a query takes 0.1 ms before its first row, which fewer rows do not justify. */
const WORTHWHILE_PAGE = 50;
/** The maximum number of ids held at once, over all servers: 10 MB at about 100 bytes each. */
const IDS_IN_MEMORY = 100_000;
/** Servers that take turns with one another. A fleet with more servers is listed group by group. */
const SERVERS_IN_TURN = 10_000;

/**
 * Lists the ids of tenants with that status, round-robin over database servers, in memory that
 * grows neither with the tenants nor with the servers. Each server's pages are ranges of the index
 * (status, host, port, id); without it, every page would read the whole table.
 *
 * A tenant that changes its server or its status during the listing can appear twice or not at all.
 * That is safe: a run reads every tenant again before it acts.
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
  const afterLast =
    last === undefined
      ? undefined
      : sql`(${isAfter(host, last.dbHost)} OR (${host} <=> ${last.dbHost} AND ${isAfter(port, last.dbPort)}))`;
  const query = sql`SELECT ${host} AS dbHost, ${port} AS dbPort FROM ${raw(source.from)}
    ${where(hasStatus(source, status), isOnHosts(source, hosts), afterLast)}
    GROUP BY ${host}, ${port} ORDER BY ${host}, ${port} LIMIT ${raw(String(SERVERS_IN_TURN))}`;
  return ask((prisma) => prisma.$queryRaw<Server[]>(query));
}

/** NULL sorts first, as it does on the server. */
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

/** Reads one page for each cursor, many pages in one query. */
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

/** Reads several pages with one query: a fleet on 1,000 servers has many small pages. */
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
          hasIdAfter(source, after),
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
