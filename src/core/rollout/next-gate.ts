/** The facts that decide what a held wave waits for. Times are milliseconds since 1970. */
export interface GateFacts {
  readonly now: number;
  /** When the bake is over; `undefined` if there is none. */
  readonly bakedAt: number | undefined;
  /** The whole of the bake. */
  readonly bakeMs: number;
  /** Whether the request names something to watch, which is then asked during the bake too. */
  readonly isWatched: boolean;
  /** Milliseconds until the next look, if it is due sooner than usual. */
  readonly soonMs?: number | undefined;
  /** The next moment at which a wave may begin; `undefined` if there is none. */
  readonly startsAt: number | undefined;
  /** Whether somebody has yet to approve the wave. */
  readonly needsApproval: boolean;
}

/** The gate at which a wave waits next. `never`: no window opens any more. */
export type NextGate =
  | { readonly gate: 'bake'; readonly lookAt: number; readonly until: number }
  | { readonly gate: 'window'; readonly until: number }
  | { readonly gate: 'approval' }
  | { readonly gate: 'open' }
  | { readonly gate: 'never' };

/** A bake is looked at ten times, so that an alarm ends it early, but not more often than every minute. */
const LOOKS = 10;
const SHORTEST_LOOK_MS = 60_000;

/**
 * Decides what a wave waits for: bake, window, approval, in this order. It is asked again after each wait,
 * since a window may close while somebody thinks about an approval. It is only called while everything that
 * is watched is well.
 */
export function nextGate(facts: GateFacts): NextGate {
  const { now, bakedAt, bakeMs, isWatched, soonMs, startsAt, needsApproval } = facts;
  if (bakedAt !== undefined && now < bakedAt) {
    const look = isWatched ? (soonMs ?? Math.max(SHORTEST_LOOK_MS, bakeMs / LOOKS)) : bakeMs;
    return { gate: 'bake', lookAt: Math.min(bakedAt, now + look), until: bakedAt };
  }
  if (startsAt === undefined) return { gate: 'never' };
  if (now < startsAt) return { gate: 'window', until: startsAt };
  return needsApproval ? { gate: 'approval' } : { gate: 'open' };
}

/** The shortest time between two looks during a bake. */
export function looksOf(bakeMs: number, isWatched: boolean): number {
  if (bakeMs <= 0) return 0;
  return isWatched ? Math.min(LOOKS, Math.ceil(bakeMs / SHORTEST_LOOK_MS)) : 1;
}
