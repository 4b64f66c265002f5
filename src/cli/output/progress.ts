/** The progress of a run, as its progress line shows it. */
export interface Progress {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  /** Recent tenants per second; `undefined` at the beginning and while nothing finishes. */
  readonly rate: number | undefined;
  /** Milliseconds since the last tenant finished. */
  readonly stillMs: number;
}

/** Counts tenants as they finish. */
export interface ProgressMeter {
  start(total: number): void;
  finished(failed: boolean): void;
  /** Adds tenants that became known later. */
  more(count: number): void;
  /** Subtracts failed tenants that are retried. */
  again(count: number): void;
  /** Sets counts from elsewhere; fewer done tenants than before mean a new round. */
  reach(counts: Pick<Progress, 'total' | 'done' | 'failed'>): void;
  read(): Progress;
}

/**
 * The window over which the rate is measured: long enough to be steady if a tenant takes seconds, short
 * enough to adapt once a slow server has finished.
 */
const WINDOW_MS = 30_000;
/** The window has few marks rather than one per tenant: a fleet may finish thousands per second. */
const MARK_EVERY_MS = 500;
/** If no tenant finished for this long, the earlier rate does not predict anything. */
export const STILL_MS = 20_000;

/** A meter over a clock in milliseconds. */
export function createProgressMeter(now: () => number): ProgressMeter {
  let total = 0;
  let done = 0;
  let failed = 0;
  let marks: { readonly at: number; readonly done: number }[] = [];
  let movedAt = now();

  const mark = (): void => {
    const at = now();
    movedAt = at;
    if (at - (marks.at(-1)?.at ?? Number.NEGATIVE_INFINITY) < MARK_EVERY_MS) return;
    marks.push({ at, done });
    // One mark from before the window is kept, so that the window is full.
    while (marks.length > 2 && at - (marks[1]?.at ?? at) > WINDOW_MS) marks.shift();
  };

  const still = () => now() - movedAt;

  const rate = (): number | undefined => {
    const oldest = marks[0];
    if (oldest === undefined || done === oldest.done || still() >= STILL_MS) return undefined;
    const elapsed = now() - oldest.at;
    return elapsed <= 0 ? undefined : ((done - oldest.done) * 1000) / elapsed;
  };

  return {
    start(count) {
      total = count;
      movedAt = now();
      marks = [{ at: movedAt, done: 0 }];
    },
    finished(hasFailed) {
      done += 1;
      if (hasFailed) failed += 1;
      mark();
    },
    more(count) {
      total += count;
    },
    again(count) {
      done -= count;
      failed -= count;
      movedAt = now();
      marks = [{ at: movedAt, done }];
    },
    reach(counts) {
      const moved = counts.done !== done || counts.total !== total;
      if (counts.done < done || counts.total !== total) marks = [];
      ({ total, done, failed } = counts);
      if (moved) mark();
    },
    read: () => ({ total, done, failed, rate: rate(), stillMs: still() }),
  };
}
