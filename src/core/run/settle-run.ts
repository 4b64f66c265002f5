/** How a run stands after a round. */
export interface Standing {
  /**
   * Whether the run was given up after this very round, and somebody has asked since to go on with it.
   * Never in one process, where a run that was given up is over.
   */
  readonly resumed: boolean;
  /** Whether the run was stopped while the round was under way, such as by too many failures. */
  readonly stopped: boolean;
  /** Whether a wave that tolerates no failure has one. */
  readonly canaryFailed: boolean;
  /** Tenants that may succeed without anybody's doing, among those that an automatic round takes. */
  readonly retryable: number;
  /** Automatic rounds that there may still be. */
  readonly roundsLeft: number;
  /** Waves that were not entered yet. */
  readonly wavesLeft: number;
  /** Tenants of all waves entered so far about which something is still to be done. */
  readonly open: number;
}

/**
 * What comes next: another round over all that is open (`left`), or over the retryable failures
 * (`round`), the next wave, or the end. `stopped` and `canary` leave waves untouched; `failed` has
 * tried everything.
 */
export type Settlement = 'left' | 'stopped' | 'canary' | 'round' | 'wave' | 'done' | 'failed';

/**
 * Decides what follows a round, in one process as on AWS. Failures within tolerance do not stop a
 * run: they fail it when its last wave is through. The order counts: a canary that fails is not tried
 * again by itself, because that is the moment to look.
 */
export function settleRun(standing: Standing): Settlement {
  if (standing.resumed && standing.open > 0) return 'left';
  if (standing.stopped) return 'stopped';
  if (standing.canaryFailed) return 'canary';
  if (standing.retryable > 0 && standing.roundsLeft > 0) return 'round';
  if (standing.wavesLeft > 0) return 'wave';
  return standing.open > 0 ? 'failed' : 'done';
}
