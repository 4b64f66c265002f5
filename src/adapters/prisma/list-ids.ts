import { type Cursor, roundRobin } from '../../core/list/round-robin.ts';
import type { TenantFilter } from '../../core/ports.ts';
import type { TenantStatus } from '../../core/tenant.ts';
import type { AskCentral } from './central-client.ts';
import { tenantWhere } from './tenant-where.ts';

type StatusFilter = TenantFilter & { readonly status: TenantStatus };

/** A database server, as the rows name it. */
interface Server {
  readonly dbHost: string;
  readonly dbPort: number;
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
 * grows neither with the tenants nor with the servers.
 *
 * A tenant that moves to another server while the listing is under way can come twice or not at
 * all, as can one whose status changes; a run looks at every tenant afresh before it acts.
 */
export async function* listIds(
  ask: AskCentral,
  filter: StatusFilter,
): AsyncGenerator<string, void, undefined> {
  for await (const servers of groupsOfServers(ask, filter)) {
    yield* roundRobin(
      servers,
      (cursors, size) => readPages(ask, filter.status, cursors, size),
      pageSize,
    );
  }
}

async function* groupsOfServers(
  ask: AskCentral,
  filter: StatusFilter,
): AsyncGenerator<Server[], void, undefined> {
  let last: Server | undefined;
  do {
    const servers: Server[] = await readServers(ask, filter, last);
    if (servers.length > 0) yield servers;
    last = servers[SERVERS_IN_TURN - 1];
  } while (last !== undefined);
}

/** The servers behind `last`, by `groupBy`: Prisma's `distinct` would fetch every row to compare it. */
function readServers(ask: AskCentral, filter: StatusFilter, last: Server | undefined) {
  const behindLast =
    last === undefined
      ? {}
      : {
          OR: [
            { dbHost: { gt: last.dbHost } },
            { dbHost: last.dbHost, dbPort: { gt: last.dbPort } },
          ],
        };
  return ask((prisma) =>
    prisma.tenant.groupBy({
      by: ['dbHost', 'dbPort'],
      where: { AND: [tenantWhere(filter), behindLast] },
      orderBy: [{ dbHost: 'asc' }, { dbPort: 'asc' }],
      take: SERVERS_IN_TURN,
    }),
  );
}

function pageSize(servers: number): number {
  const wanted = Math.max(WORTHWHILE_PAGE, Math.floor(IDS_PER_QUERY / servers));
  return Math.min(wanted, Math.floor(IDS_IN_MEMORY / servers));
}

/** A page for each cursor, many in one query. */
async function readPages(
  ask: AskCentral,
  status: TenantStatus,
  cursors: readonly Cursor<Server>[],
  size: number,
): Promise<string[][]> {
  const pages: string[][] = [];
  const step = Math.min(SERVERS_PER_QUERY, Math.max(1, Math.floor(IDS_PER_QUERY / size)));
  for (let start = 0; start < cursors.length; start += step) {
    const some = cursors.slice(start, start + step);
    pages.push(...(await readSomePages(ask, status, some, size)));
  }
  return pages;
}

/**
 * SQL by hand: with `findMany` this would be a query per server and page, and 1,000 servers want
 * many small pages. Each branch is one range of the index (status, dbHost, dbPort, id), which holds
 * all that is read.
 */
async function readSomePages(
  ask: AskCentral,
  status: TenantStatus,
  cursors: readonly Cursor<Server>[],
  size: number,
): Promise<string[][]> {
  const rows = await ask((prisma, { sql, join }) => {
    const branches = cursors.map(
      ({ source: { dbHost, dbPort }, after }, index) =>
        sql`(SELECT ${index} AS page, id FROM tenants WHERE status = ${status}
             AND dbHost = ${dbHost} AND dbPort = ${dbPort} AND id > ${after} ORDER BY id LIMIT ${size})`,
    );
    return prisma.$queryRaw<{ page: number | bigint; id: string }[]>(join(branches, ' UNION ALL '));
  });
  const pages = cursors.map((): string[] => []);
  for (const { page, id } of rows) pages[Number(page)]?.push(id);
  return pages;
}
