import { countKind, type KindTally, noKinds, type OutcomeKind } from './outcome-kind.ts';
import type { DurationBucket } from './run-details.ts';

/** Edges within a factor of ten. Those of 1, 2 and 5 are among them, for charts with fewer columns. */
const STEPS = [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8] as const;
/** 1 ms to 28 hours. */
const DECADES = 9;

const EDGES: readonly number[] = Array.from({ length: DECADES }, (_, decade) =>
  STEPS.map((step) => step * 10 ** decade),
).flat();

/** Counts tenants by the time that they took. */
export interface DurationBuckets {
  add(durationMs: number, kind: OutcomeKind): void;
  result(): DurationBucket[];
}

/** Buckets of about a quarter of their time; those between the first and the last are there if empty. */
export function createDurationBuckets(): DurationBuckets {
  const buckets = new Map<number, KindTally>();
  return {
    add(durationMs, kind) {
      countKind(buckets, edgeAbove(durationMs), kind);
    },
    result() {
      const used = [...buckets.keys()];
      if (used.length === 0) return [];
      const first = Math.min(...used);
      return Array.from({ length: Math.max(...used) - first + 1 }, (_, offset) => ({
        belowMs: EDGES[first + offset] ?? Number.MAX_SAFE_INTEGER,
        counts: buckets.get(first + offset) ?? noKinds(),
      }));
    },
  };
}

/** Index of the first edge above; that of the last bucket if there is none. */
function edgeAbove(durationMs: number): number {
  let low = 0;
  let high = EDGES.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((EDGES[middle] ?? 0) <= durationMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
