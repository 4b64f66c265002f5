import type { CentralSession } from './central-session.ts';
import type { ListFilter } from './list-filter.ts';
import { type ListedId, readIdPage } from './read-id-page.ts';
import { DEFAULT_PORT } from './tenants/conditions.ts';

/** The maximum number of ids that one query reads. */
const IDS_PER_QUERY = 10_000;
/** The maximum number of ids held at once: 10 MB at about 100 bytes each. */
const IDS_IN_MEMORY = 100_000;

/**
 * Lists the ids of tenants with that status, read once in the order of ids and dealt round-robin over
 * database servers in windows of 100,000: a fleet up to that size takes turns exactly, a larger one
 * within each window. It needs no index other than the one on the id.
 */
export async function* listInWindows(
  session: CentralSession,
  filter: ListFilter,
): AsyncGenerator<string, void, undefined> {
  let window = new Map<string, string[]>();
  let held = 0;
  for await (const page of pages(session, filter)) {
    for (const listed of page) hold(window, listed);
    held += page.length;
    if (held < IDS_IN_MEMORY) continue;
    yield* inTurn(window);
    window = new Map();
    held = 0;
  }
  yield* inTurn(window);
}

function hold(window: Map<string, string[]>, { id, dbHost, dbPort }: ListedId): void {
  const server = JSON.stringify([(dbHost ?? '').toLowerCase(), Number(dbPort ?? DEFAULT_PORT)]);
  const ids = window.get(server);
  if (ids === undefined) window.set(server, [id]);
  else ids.push(id);
}

async function* pages(
  session: CentralSession,
  filter: ListFilter,
): AsyncGenerator<ListedId[], void, undefined> {
  let after = '';
  for (;;) {
    const rows = await readIdPage(session, filter, after, IDS_PER_QUERY);
    yield rows;
    const last = rows[IDS_PER_QUERY - 1];
    if (last === undefined) return;
    after = last.id;
  }
}

/** Yields the first id of each server, then the second of each, and so on; a server that runs out drops out. */
function* inTurn(
  window: ReadonlyMap<string, readonly string[]>,
): Generator<string, void, undefined> {
  const lists = [...window].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, ids]) => ids);
  const longest = lists.reduce((most, { length }) => Math.max(most, length), 0);
  for (let rank = 0; rank < longest; rank += 1) {
    for (const ids of lists) {
      const id = ids[rank];
      if (id !== undefined) yield id;
    }
  }
}
