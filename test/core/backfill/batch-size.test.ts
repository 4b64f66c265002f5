import { describe, expect, it } from 'vitest';
import { secondsLeft } from '../../../src/core/backfill/backfill-progress.ts';
import {
  FIRST_ROWS,
  fewerRows,
  mostRowsOf,
  nextBatchRows,
  restAfter,
  TARGET_MS,
} from '../../../src/core/backfill/batch-size.ts';

describe('the rows of the next batch', () => {
  it.each([
    [500, 200, 500],
    [500, 100, 1_000],
    // At most twice as many, and at least a quarter.
    [500, 1, 1_000],
    [500, 0, 1_000],
    [500, 400, 250],
    [500, 60_000, 125],
    // Never none, and never more than the limit.
    [1, 60_000, 1],
    [9_000, 10, 10_000],
  ])('%i rows in %i ms are followed by %i', (rows, tookMs, next) => {
    expect(nextBatchRows(rows, tookMs, 10_000)).toBe(next);
  });

  it.each([0.005, 0.5, 3, 40])('comes to the target if a row takes %d ms', (perRow) => {
    let rows = FIRST_ROWS;
    for (let batch = 0; batch < 20; batch++) rows = nextBatchRows(rows, rows * perRow, 100_000);
    expect(rows * perRow).toBeGreaterThan(TARGET_MS * 0.8);
    expect(rows * perRow).toBeLessThan(TARGET_MS * 1.2);
  });

  it.each([
    [500, 250],
    [3, 1],
    [1, 1],
  ])('a batch of %i that is in the way is followed by %i', (rows, next) => {
    expect(fewerRows(rows)).toBe(next);
  });
});

describe('the rest after a batch', () => {
  it.each([
    [200, 1, 0],
    [200, 0.5, 200],
    [200, 0.1, 1_800],
  ])('after %i ms at a pace of %d it is %i ms', (tookMs, pace, rest) => {
    expect(restAfter(tookMs, pace)).toBe(rest);
  });
});

describe('the time left', () => {
  it.each([
    [{ rowsDone: 100, rowsExpected: 1_100, rowsPerSecond: 100 }, 10],
    [{ rowsDone: 100, rowsExpected: 50, rowsPerSecond: 100 }, 0],
    [{ rowsDone: 100, rowsPerSecond: 100 }, undefined],
    [{ rowsDone: 0, rowsExpected: 50 }, undefined],
    [{ rowsDone: 0, rowsExpected: 50, rowsPerSecond: 0 }, undefined],
  ])('of %j is %s', (progress, seconds) => {
    expect(secondsLeft({ migration: 'a', rowsChanged: 0, ...progress })).toBe(seconds);
  });
});

describe('the most rows of a batch', () => {
  it.each([
    // Half a percent of the table, but not less than the first batch has.
    [undefined, 10_000, 10_000],
    [0, 10_000, 500],
    [100_000, 10_000, 500],
    [300_000, 10_000, 1_500],
    [5_000_000, 10_000, 10_000],
    [5_000_000, 50, 50],
  ])('of a table of %s, with a limit of %i, are %i', (rows, limit, most) => {
    expect(mostRowsOf(rows, limit)).toBe(most);
  });
});
