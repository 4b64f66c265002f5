import type { RemoteRun } from '../../core/remote/remote-runs.ts';
import { readStateIfListed } from './follow-run.ts';
import type { RemoteRunStore } from './remote-run-store.ts';

/**
 * The state of a stopped run: `unlisted` if no tenant was touched, so there is nothing to summarize; `open`
 * until its summary includes its end; then `closed`.
 */
export async function closureOf(
  store: Pick<RemoteRunStore, 'readState'>,
  { id, stoppedAt }: RemoteRun,
): Promise<'unlisted' | 'open' | 'closed'> {
  const state = await readStateIfListed(store, id);
  if (state === undefined) return 'unlisted';
  const { status, finishedAt } = state;
  if (status !== 'interrupted' || finishedAt === undefined) return 'open';
  // The run may have been redriven and stopped again since.
  const isLater = stoppedAt === undefined || Date.parse(finishedAt) >= stoppedAt.getTime();
  return isLater ? 'closed' : 'open';
}
