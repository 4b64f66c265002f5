/** How a run stands after a round. */
export interface Standing {
  /** Set where the run was stopped while the round was under way. */
  readonly stopped: boolean;
  /** Whether the wave tolerates no failure. */
  readonly canary: boolean;
  /** Tenants of the wave whose last outcome is `failed` or `unknown`. */
  readonly failedInWave: number;
  /** Those among them that may succeed without anybody's doing. */
  readonly retryableInWave: number;
  /** Automatic rounds that the wave may still have. */
  readonly roundsLeft: number;
  /** Waves that were not entered yet. */
  readonly wavesLeft: number;
  /** Tenants of all waves entered so far whose last outcome is `failed` or `unknown`. */
  readonly failed: number;
}

/**
 * What comes next: another round over the wave's retryable failures, the next wave, or the end.
 * `stopped` and `canary` leave waves untouched; `failed` has tried everything.
 */
export type Settlement = 'stopped' | 'canary' | 'round' | 'wave' | 'done' | 'failed';

/**
 * Decides what follows a round. Failures within tolerance do not stop a run: they fail it when its
 * last wave is through. The order counts: a canary that fails is not tried again by itself, because
 * that is the moment to look.
 */
export function settleRun(standing: Standing): Settlement {
  if (standing.stopped) return 'stopped';
  if (standing.canary && standing.failedInWave > 0) return 'canary';
  if (standing.retryableInWave > 0 && standing.roundsLeft > 0) return 'round';
  if (standing.wavesLeft > 0) return 'wave';
  return standing.failed > 0 ? 'failed' : 'done';
}
