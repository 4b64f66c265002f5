import { FanfoldError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';

/** How long AWS may not answer before following ends; a laptop's network comes back within that. */
const PATIENCE_MS = 5 * 60_000;
const PAUSE_MS = 10_000;

export interface PatienceOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told of the first error of a series. */
  readonly warn: (error: FanfoldError) => void;
}

/**
 * Does what only reads again and again while it fails with what may pass by itself, for at most five
 * minutes; then, or where `signal` is aborted, throws the last error. What calls it may give up
 * without harm: the run goes on by itself.
 */
export async function patiently<Result>(
  read: () => Promise<Result>,
  { clock, signal, warn }: PatienceOptions,
): Promise<Result> {
  let since: number | undefined;
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof FanfoldError && error.retryable) || signal.aborted) throw error;
      if (since === undefined) warn(error);
      since ??= clock.now();
      if (clock.now() - since >= PATIENCE_MS) throw error;
      await clock.sleep(PAUSE_MS, signal);
    }
  }
}
