import { isUnheard } from '../migrate/host-health.ts';
import { isRetryable, type Outcome } from '../outcome.ts';

/** Counts tenants by their last outcome while rounds replace earlier ones. */
export interface Tally {
  /** `before` is the outcome that this one replaces. */
  count(outcome: Outcome, before: Outcome | undefined): void;
  /** Tenants whose last outcome is `failed` or `unknown`. */
  readonly failed: number;
  /** Those among them that may succeed if retried. */
  readonly retryable: number;
  /** Those among them whose database server did not answer. */
  readonly unheard: number;
}

/** A tally of nothing. */
export function createTally(): Tally {
  let failed = 0;
  let retryable = 0;
  let unheard = 0;
  const add = (outcome: Outcome, sign: 1 | -1) => {
    if (outcome.status === 'failed' || outcome.status === 'unknown') failed += sign;
    if (isRetryable(outcome)) retryable += sign;
    if (isUnheard(outcome)) unheard += sign;
  };
  return {
    count(outcome, before) {
      if (before !== undefined) add(before, -1);
      add(outcome, 1);
    },
    get failed() {
      return failed;
    },
    get retryable() {
      return retryable;
    },
    get unheard() {
      return unheard;
    },
  };
}
