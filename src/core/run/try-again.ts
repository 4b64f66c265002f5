import { FanfoldError } from '../errors.ts';
import { fullJitter, type RetryPolicy } from '../migrate/full-jitter.ts';
import type { Clock } from '../ports.ts';

export interface TryAgainOptions {
  readonly retry: RetryPolicy;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly random: () => number;
  /** Aborted: the next failure counts. */
  readonly stop: AbortSignal;
}

/** Does work again where it failed with an error that is retryable; throws the last error. */
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
