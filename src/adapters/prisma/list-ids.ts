import type { CentralSession } from './central-session.ts';
import { listByIndex } from './list-by-index.ts';
import type { ListFilter } from './list-filter.ts';
import { listInWindows } from './list-in-windows.ts';

/** Ids of the tenants with that status, dealt round-robin over database servers, in bounded memory. */
export function listIds(session: CentralSession, filter: ListFilter): AsyncIterable<string> {
  // Several words would make several ranges of every server's.
  const isOneRange = filter.status !== 'ACTIVE' || session.source.active.length === 1;
  return session.source.hasListingIndex && isOneRange
    ? listByIndex(session, filter)
    : listInWindows(session, filter);
}
