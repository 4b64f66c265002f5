import type { OwnNote } from '../outcome.ts';
import type { WatchVerdict } from '../rollout/rollout.ts';
import type { Tenant } from '../tenant.ts';
import type { DigestLimits } from './compare-digests.ts';
import {
  lookAtDigests,
  quietNote,
  type ReadTenantDigests,
  readBeforeWave,
  SETTLE_MS,
} from './look-at-digests.ts';

/** The look that notes where the interval begins. */
const START = 2;

/** Watches the statements of one wave's tenants, from before it until the next one begins. */
export interface DigestWatch {
  /**
   * Finds what is worse since the wave. The first look, right after the wave, does nothing, and the second one notes
   * where the interval begins. Never rejects.
   */
  look(): Promise<WatchVerdict>;
  /** Milliseconds until the next look, if that is sooner than usual. */
  readonly nextLookMs: number | undefined;
  /** The warning that too little was compared; undefined if there was enough. */
  conclude(): OwnNote | undefined;
}

/** Begins the watch in the memory of one process. Throws as {@link readBeforeWave} does. */
export async function watchDigests(
  tenants: readonly Tenant[],
  read: ReadTenantDigests,
  limits: DigestLimits,
): Promise<DigestWatch> {
  const watched = await readBeforeWave(tenants, read);
  let compared = 0;
  let looks = 0;
  let unread = 0;
  return {
    get nextLookMs() {
      return looks <= START ? SETTLE_MS : undefined;
    },
    async look() {
      looks += 1;
      if (looks < START) return { isWell: true };
      const look = await lookAtDigests(watched, read, limits);
      compared = Math.max(compared, look.compared);
      unread = look.unread;
      return look.verdict;
    },
    conclude: () => quietNote({ watched: watched.length, compared, unread }),
  };
}
