import { addKinds, countKind, type KindTally, noKinds, type OutcomeKind } from './outcome-kind.ts';
import type { Timeline } from './run-details.ts';

/** Buckets at most: a column of a chart each. */
export const MOST_BUCKETS = 120;
/** Width of a bucket at the beginning; it doubles whenever the time does not fit into so many. */
const NARROWEST_MS = 250;

/** Counts outcomes by time. */
export interface TimeBuckets {
  /** `at` in milliseconds since 1970. */
  add(at: number, kind: OutcomeKind): void;
  result(): Timeline | undefined;
}

/**
 * Buckets that widen as the time does. Their edges are multiples of the width, which the first and the
 * last moment alone decide: the order in which outcomes come does not matter.
 */
export function createTimeBuckets(): TimeBuckets {
  let width = NARROWEST_MS;
  let buckets = new Map<number, KindTally>();
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;

  const bucketOf = (at: number) => Math.floor(at / width);

  const widen = () => {
    width *= 2;
    const wider = new Map<number, KindTally>();
    for (const [index, counts] of buckets) {
      const half = Math.floor(index / 2);
      const there = wider.get(half);
      if (there === undefined) wider.set(half, counts);
      else addKinds(there, counts);
    }
    buckets = wider;
  };

  return {
    add(at, kind) {
      first = Math.min(first, at);
      last = Math.max(last, at);
      while (bucketOf(last) - bucketOf(first) >= MOST_BUCKETS) widen();
      countKind(buckets, bucketOf(at), kind);
    },
    result() {
      if (buckets.size === 0) return undefined;
      const from = bucketOf(first);
      return {
        from: new Date(from * width).toISOString(),
        bucketMs: width,
        buckets: Array.from(
          { length: bucketOf(last) - from + 1 },
          (_, index) => buckets.get(from + index) ?? noKinds(),
        ),
      };
    },
  };
}
