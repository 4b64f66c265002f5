// Which failures Retry and Catch match, and how long a retrier waits (Developer Guide: "Handling errors in Step Functions workflows").

// States.ALL "does not catch" these two, States.TaskFailed matches any task failure except States.Timeout.
const TERMINAL = new Set(['States.DataLimitExceeded', 'States.Runtime']);

/** `error` and `alias` are the names of the failure; a StatesError has both. */
export function errorMatches(names, { error, alias }, stateType) {
  return names.some(
    (name) =>
      name === error ||
      (alias !== undefined && name === alias) ||
      (name === 'States.ALL' && !TERMINAL.has(error)) ||
      (name === 'States.TaskFailed' &&
        stateType === 'Task' &&
        error !== 'States.Timeout' &&
        !TERMINAL.has(error)),
  );
}

/** Counts attempts by retrier: each has its own budget for one visit to the state. */
export class RetryBudget {
  constructor(state, random) {
    this.retriers = state.Retry ?? [];
    this.type = state.Type;
    this.used = this.retriers.map(() => 0);
    this.total = 0;
    this.random = random;
  }

  /** Seconds to wait before the next attempt, or undefined if no retrier covers the failure any more. */
  next(failure) {
    const index = this.retriers.findIndex((retrier) =>
      errorMatches(retrier.ErrorEquals, failure, this.type),
    );
    if (index < 0) return undefined;
    const {
      IntervalSeconds = 1,
      BackoffRate = 2,
      MaxAttempts = 3,
      MaxDelaySeconds = Infinity,
      JitterStrategy,
    } = this.retriers[index];
    if (this.used[index] >= MaxAttempts) return undefined;
    const delay = Math.min(IntervalSeconds * BackoffRate ** this.used[index], MaxDelaySeconds);
    this.used[index]++;
    this.total++;
    // FULL jitter: "a random delay between 0 and" the computed one
    return JitterStrategy === 'FULL' ? delay * this.random() : delay;
  }
}
