import type { RunRequest } from '../request.ts';
import type { WaveFacts } from './wave-facts.ts';

/** The gates that are before one wave. */
export interface WaveGates {
  /** 0: none. */
  readonly bakeMs: number;
  /** Whether the request names something to watch. */
  readonly isWatched: boolean;
  /** Whether statements of the wave before are compared, for which they were read before that wave. */
  readonly comparesDigests: boolean;
  readonly hasTimes: boolean;
  readonly needsApproval: boolean;
}

/**
 * The gates before a wave; `undefined` if it has none. Only migrations are held: a rollback may be urgent,
 * and a plan changes nothing. The first wave waits for a window, and, in a retry, for the gate at which the
 * earlier run was held when it ended. Tenants that became ACTIVE meanwhile are not held.
 */
export function gatesOfWave(request: RunRequest, wave: WaveFacts): WaveGates | undefined {
  if (request.command !== 'migrate' || wave.isLate) return undefined;
  const { approval = 'none', bakeMinutes = 0, watch, windows = [], freezes = [] } = request;
  const isBetween = wave.number > 1;
  const gates: WaveGates = {
    bakeMs: isBetween ? Math.round(bakeMinutes * 60_000) : 0,
    isWatched: (isBetween || wave.wasHeld) && isWatching(watch),
    // Before the first wave of a retry there is nothing to compare with.
    comparesDigests: isBetween && watch?.digest === true,
    hasTimes: windows.length + freezes.length > 0,
    needsApproval: isBetween
      ? approval === 'waves' || (approval === 'canary' && wave.followsCanary)
      : approval !== 'none' && wave.wasUnapproved,
  };
  const { bakeMs, isWatched, hasTimes, needsApproval } = gates;
  return bakeMs > 0 || isWatched || hasTimes || needsApproval ? gates : undefined;
}

/** Whether a request names something to watch. */
export function isWatching(watch: RunRequest['watch']): boolean {
  return watch?.command !== undefined || watch?.digest === true || (watch?.alarms ?? []).length > 0;
}

/** Whether any wave of a request may be held. */
export function mayHold(request: RunRequest): boolean {
  const facts = { isLate: false, followsCanary: true, wasHeld: true, wasUnapproved: true };
  return [1, 2].some((number) => gatesOfWave(request, { number, ...facts }) !== undefined);
}
