import type { RunStore } from '../run-store.ts';
import { MOST_WATCHED } from './look-at-digests.ts';

/** The tenants of a wave that are watched, as it was listed. */
export async function watchedIds(
  store: Pick<RunStore, 'readWave'>,
  runId: string,
  wave: number,
): Promise<string[]> {
  const ids: string[] = [];
  for await (const id of store.readWave(runId, wave)) {
    ids.push(id);
    if (ids.length === MOST_WATCHED) break;
  }
  return ids;
}
