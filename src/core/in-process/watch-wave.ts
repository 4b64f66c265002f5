import { DEFAULT_DIGEST_LIMITS } from '../digests/compare-digests.ts';
import { type DigestWatch, watchDigests } from '../digests/digest-watch.ts';
import { watchedIds } from '../digests/watched-ids.ts';
import type { WatchVerdict } from '../rollout/rollout.ts';
import type { ActiveRun } from './active-run.ts';

/**
 * Begins to watch the statements of a wave's tenants, before it begins, if the request says so and another
 * wave may follow. Throws `DigestsUnavailable` if they cannot be watched.
 */
export async function watchWave(
  run: Pick<ActiveRun, 'record' | 'waves' | 'store' | 'directory' | 'readDigests'>,
  wave: number,
): Promise<DigestWatch | undefined> {
  const { watch, command } = run.record.request;
  const isFollowed = wave < run.waves.length;
  if (watch?.digest !== true || command !== 'migrate' || !isFollowed) return undefined;
  if (run.readDigests === undefined) return undefined;
  const ids = await watchedIds(run.store, run.record.id, wave);
  const tenants = await run.directory.findByIds(ids);
  const active = tenants.filter(({ status }) => status === 'ACTIVE');
  const times = watch.digestTimes ?? DEFAULT_DIGEST_LIMITS.times;
  return watchDigests(active, run.readDigests, { times });
}

/** Asks everything that the request watches before a wave; returns the first that is not well. */
export async function lookAtWave(run: ActiveRun, wave: number): Promise<WatchVerdict> {
  const { watch } = run.record.request;
  const hasCommand = watch?.command !== undefined;
  const verdict = hasCommand
    ? await run.askWatch(watch, run.stop.signal)
    : ({ isWell: true } as const);
  // Before the first wave of a retry there is nothing to compare with.
  if (!verdict.isWell || run.digests === undefined || wave === 1) return verdict;
  return run.digests.look();
}
