import { FanfoldError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';

/** How long AWS may be unreachable before following ends; a laptop reconnects within that time. */
const PATIENCE_MS = 5 * 60_000;
const PAUSE_MS = 10_000;

export interface PatienceOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called with the first error of a series. */
  readonly warn: (error: FanfoldError) => void;
}

/**
 * Repeats a read that fails with a retryable error, for at most five minutes; then, or if `signal` is aborted,
 * throws the last error. Giving up does no harm, because the run continues by itself.
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
