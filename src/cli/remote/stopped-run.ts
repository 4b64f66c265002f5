import type { RemoteRun } from '../../core/remote-runs.ts';
import { readStateIfListed } from './follow-run.ts';
import type { RemoteRunStore } from './remote-run-store.ts';

/**
 * How far a run is that was stopped: `unlisted` where no tenant was touched, so that there is nothing
 * to fold; `open` while its summary says nothing of its end; `closed` once it does.
 */
export async function closureOf(
  store: Pick<RemoteRunStore, 'readState'>,
  { id, stoppedAt }: RemoteRun,
): Promise<'unlisted' | 'open' | 'closed'> {
  const state = await readStateIfListed(store, id);
  if (state === undefined) return 'unlisted';
  const { status, finishedAt } = state;
  if (status !== 'interrupted' || finishedAt === undefined) return 'open';
  // It may have been redriven and stopped again since.
  const isLater = stoppedAt === undefined || Date.parse(finishedAt) >= stoppedAt.getTime();
  return isLater ? 'closed' : 'open';
}
