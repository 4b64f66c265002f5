/** The time that a batch is to take, in milliseconds: short enough for others to wait for its locks. */
export const TARGET_MS = 200;
/** Rows of the first batch: nothing is known about the table yet. */
export const FIRST_ROWS = 500;
/** A batch is at most this much larger or smaller than the one before it, because one measurement may be a fluke. */
const MOST_GROWTH = 2;
const MOST_SHRINK = 4;

/** The rows of the next batch, after one that had `rows` and took `tookMs`. */
export function nextBatchRows(rows: number, tookMs: number, mostRows: number): number {
  const ratio = TARGET_MS / Math.max(tookMs, 1);
  const bounded = Math.min(MOST_GROWTH, Math.max(1 / MOST_SHRINK, ratio));
  return Math.max(1, Math.min(mostRows, Math.round(rows * bounded)));
}

/**
 * The most rows of a batch in a table of about so many: an application that changes rows at random should seldom meet
 * those that a batch has locked.
 */
const MOST_SHARE = 1 / 200;

/** The most rows of a batch, of a table of about so many rows and with a limit of its own. */
export function mostRowsOf(rowsExpected: number | undefined, limit: number): number {
  if (rowsExpected === undefined) return limit;
  return Math.min(limit, Math.max(FIRST_ROWS, Math.ceil(rowsExpected * MOST_SHARE)));
}

/** The rows of the next attempt at a batch that another session was in the way of. */
export function fewerRows(rows: number): number {
  return Math.max(1, Math.floor(rows / 2));
}

/** The share of the time in which batches run, if nobody has set another: the other half belongs to the others. */
export const DEFAULT_PACE = 0.5;

/** Milliseconds to rest after a batch, so that batches take the share `pace` (above 0, at most 1) of the time. */
export function restAfter(tookMs: number, pace: number): number {
  return Math.round(tookMs * (1 / pace - 1));
}
