import type { Expected } from './expected.ts';
import { rangeOfNext } from './quantile.ts';
import type { RangeScale } from './range-scale.ts';
import type { RateBasis } from './rate.ts';

/**
 * The place of a tenant's time within the range that its migrations added up to: 0 as expected, 1 at the upper end, -1
 * at the lower one, beyond them outside, by the logarithm.
 */
export interface RangeScore {
  /** The weakest basis of its forecast: one from usual rates says nothing about one from measured ones. */
  readonly of: RateBasis['of'];
  readonly score: number;
}

/** Fewer tenants than this do not correct a range. */
const ENOUGH = 10;
/** Beyond them, it was not the range that was wrong. */
const LEAST = 0.25;
const MOST = 4;
/** A range without a width has this factor. */
const NARROWEST = Math.log(1.05);
/**
 * More than the nine of ten that are to be in the range: runs differ from each other, of which only few are known, and
 * ranges become narrower while more is measured.
 */
const IN_RANGE = 0.97;

/** The score of a time; `scale` is what was shown of the range. */
export function rangeScore(
  { low, likely, high }: Expected,
  takenMs: number,
  scale: RangeScale = { low: 1, high: 1 },
): number {
  const off = Math.log(Math.max(1, takenMs) / Math.max(1, likely));
  const side = off < 0 ? 'low' : 'high';
  const end = Math.max(1, side === 'low' ? low : high);
  const width = Math.max(NARROWEST, Math.abs(Math.log(end / Math.max(1, likely))));
  return (off / width) * scale[side];
}

/**
 * How much of a range to show so that nine of ten further tenants are within it, by those whose forecasts had the same
 * basis (split conformal prediction). The ranges of a tenant's migrations add up as if all were off by the same, and
 * half of that is chance which evens out; and a run differs from the one before. `undefined` if too few are known.
 */
export function rangeScaleOf(
  scores: readonly RangeScore[],
  basis: RateBasis['of'] | undefined,
): RangeScale | undefined {
  const own = scores.filter(({ of }) => of === basis).map(({ score }) => score);
  if (own.length < ENOUGH) return undefined;
  const { low, high } = rangeOfNext(
    own.sort((one, other) => one - other),
    IN_RANGE,
  );
  const bounded = (power: number) => Math.min(MOST, Math.max(LEAST, power));
  return { low: bounded(-low), high: bounded(high) };
}

/** The part of a range that is to be shown. */
export function scaledRange({ low, likely, high }: Expected, scale: RangeScale): Expected {
  const middle = Math.max(1, likely);
  const end = (of: number, power: number) =>
    Math.round(likely * (Math.max(1, of) / middle) ** power);
  return { low: end(low, scale.low), likely, high: end(high, scale.high) };
}
