import { FanfoldError } from '../errors.ts';
import { fullJitter, type RetryPolicy } from '../migrate/full-jitter.ts';
import type { Clock } from '../ports.ts';

/**
 * The central database is tried for up to a minute (0.5 + 1 + 2 + 4 + 8 + 16 + 20 s at most): a
 * failover takes that long, and without the retries it would end hours of work.
 */
export const CENTRAL_RETRY: RetryPolicy = { attempts: 8, baseMs: 500, capMs: 20_000 };

export interface TryAgainOptions {
  readonly retry: RetryPolicy;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly random: () => number;
  /** Once aborted, the next failure is thrown. */
  readonly stop: AbortSignal;
}

/** Repeats work that failed with a retryable error; throws the last error. */
export async function tryAgain<Result>(
  work: () => Promise<Result>,
  { retry, clock, random, stop }: TryAgainOptions,
): Promise<Result> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await work();
    } catch (error) {
      const isTransient = error instanceof FanfoldError && error.retryable;
      if (!isTransient || attempts >= retry.attempts || stop.aborted) throw error;
      await clock.sleep(fullJitter(attempts, retry, random), stop);
    }
  }
}
