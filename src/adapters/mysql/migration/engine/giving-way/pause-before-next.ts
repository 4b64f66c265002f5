/** The tries of a statement so far that did not get the lock. */
export interface TriesSoFar {
  readonly tries: number;
  /** Milliseconds spent on waits and pauses. Work that was lost does not count. */
  readonly spentMs: number;
  /** Tries that were at work before they waited, for the lock at their end, and have lost that work. */
  readonly lostWork: number;
}

export const NO_TRIES: TriesSoFar = { tries: 0, spentMs: 0, lostWork: 0 };

/** The longest pause in milliseconds. */
const LONGEST_PAUSE_MS = 5_000;
/** How often a statement may lose its work, such as a copied table, and begin again. */
const MOST_LOST_WORK = 3;

/**
 * The pause in milliseconds before the next try; `undefined` if there is none. A pure function of its arguments
 * and of `random`, which returns a number from 0 to 1. The pause is random ("full jitter"), so that tenants do
 * not come again together, and its maximum doubles. It is at least `queueMs`, so that the queue drains. The last
 * try ends within the time altogether.
 *
 * @param waitMs the time that all tries and pauses may take
 */
export function pauseBeforeNext(
  { tries, spentMs, lostWork }: TriesSoFar,
  { queueMs, waitMs }: { readonly queueMs: number; readonly waitMs: number },
  random: () => number,
): number | undefined {
  if (lostWork >= MOST_LOST_WORK) return undefined;
  const left = waitMs - spentMs - queueMs;
  if (left < queueMs) return undefined;
  const longest = Math.max(queueMs, Math.min(LONGEST_PAUSE_MS, queueMs * 2 ** tries));
  return Math.min(left, queueMs + random() * (longest - queueMs));
}
