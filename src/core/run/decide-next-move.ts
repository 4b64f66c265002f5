/** The facts after a round that decide what follows it. */
export interface RoundFacts {
  /**
   * Whether the run was given up after this very round and somebody has resumed it since. Never true in
   * one process: a run that was given up there is over.
   */
  readonly resumed: boolean;
  /** Whether the run was stopped during the round, for instance because too many tenants failed. */
  readonly stopped: boolean;
  /** Whether a wave that tolerates no failure has one. */
  readonly canaryFailed: boolean;
  /** Tenants that may succeed if retried, among those that an automatic round takes. */
  readonly retryable: number;
  /** Automatic rounds that are still allowed. */
  readonly roundsLeft: number;
  /** Waves that were not entered yet. */
  readonly wavesLeft: number;
  /** Tenants of all waves entered so far that have not succeeded. */
  readonly open: number;
}

/**
 * The step after a round: another round over all open tenants (`left`) or over the retryable failures
 * (`round`), the next wave, or the end. After `stopped` and `canary` the other waves are not entered;
 * after `failed` nothing remains to be tried.
 */
export type NextMove = 'left' | 'stopped' | 'canary' | 'round' | 'wave' | 'done' | 'failed';

/**
 * Decides what follows a round, both in one process and on AWS. Failures within tolerance do not stop
 * a run: they fail it after its last wave. The order of the checks matters: a failed canary is not
 * retried automatically, because somebody should look at it first.
 */
export function decideNextMove(facts: RoundFacts): NextMove {
  if (facts.resumed && facts.open > 0) return 'left';
  if (facts.stopped) return 'stopped';
  if (facts.canaryFailed) return 'canary';
  if (facts.retryable > 0 && facts.roundsLeft > 0) return 'round';
  if (facts.wavesLeft > 0) return 'wave';
  return facts.open > 0 ? 'failed' : 'done';
}
