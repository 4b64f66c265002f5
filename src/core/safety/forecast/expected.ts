import type { Rate } from './rate.ts';

/** A time in milliseconds, and the range in which most measured times were. */
export interface Expected {
  readonly low: number;
  readonly likely: number;
  readonly high: number;
}

/** Nothing to wait for. */
export const NO_TIME: Expected = { low: 0, likely: 0, high: 0 };

/** One after the other. The ranges add up, because an error in a rate is the same everywhere. */
export function addExpected(one: Expected, other: Expected): Expected {
  return {
    low: one.low + other.low,
    likely: one.likely + other.likely,
    high: one.high + other.high,
  };
}

/** A time and its range in whole milliseconds. */
export function wholeMs(low: number, likely: number, high: number): Expected {
  return { low: Math.round(low), likely: Math.round(likely), high: Math.round(high) };
}

/** The constant time of a rate. */
export function timesRate({
  constantMs,
  low,
  high,
}: Pick<Rate, 'constantMs' | 'low' | 'high'>): Expected {
  return wholeMs(constantMs * low, constantMs, constantMs * high);
}
