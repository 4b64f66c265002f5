/** The number of attempts after transient failures, and the time to wait before each. */
export interface RetryPolicy {
  /** Attempts in all, the first one included. */
  readonly attempts: number;
  /** Upper bound of the first wait; each further bound is twice the one before. */
  readonly baseMs: number;
  /** No wait is longer. */
  readonly capMs: number;
}

/** Four attempts within at most 3.5 seconds of waiting: enough for a restart of a proxy or a burst. */
export const DEFAULT_RETRY: RetryPolicy = { attempts: 4, baseMs: 500, capMs: 20_000 };

/**
 * The wait before the next attempt when `attempts` have failed: anything from nothing to a bound
 * that doubles each time. Spread over the whole range, tenants that failed together do not come
 * back together. `random` returns numbers from 0 to below 1.
 */
export function fullJitter(
  attempts: number,
  { baseMs, capMs }: Pick<RetryPolicy, 'baseMs' | 'capMs'>,
  random: () => number,
): number {
  return Math.floor(random() * Math.min(capMs, baseMs * 2 ** (attempts - 1)));
}
