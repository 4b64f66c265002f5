import type { Outcome } from '../../outcome.ts';

/** In the order in which charts stack them. */
export const OUTCOME_KINDS = ['changed', 'unchanged', 'failed', 'open'] as const;

/**
 * The kinds that a chart distinguishes: something was done (or would be, in a plan), nothing was to do, it
 * failed, or it is unknown or was not tried.
 */
export type OutcomeKind = (typeof OUTCOME_KINDS)[number];

/** Tenants by kind. */
export type KindCounts = Readonly<Record<OutcomeKind, number>>;

/** The same while it is counted. */
export type KindTally = Record<OutcomeKind, number>;

export function noKinds(): KindTally {
  return { changed: 0, unchanged: 0, failed: 0, open: 0 };
}

/** Counts one more in the tally of a bucket, which is made with the first. */
export function countKind(
  buckets: Map<number, KindTally>,
  bucket: number,
  kind: OutcomeKind,
): void {
  const tally = buckets.get(bucket) ?? noKinds();
  tally[kind] += 1;
  buckets.set(bucket, tally);
}

export function totalOf(counts: KindCounts): number {
  return OUTCOME_KINDS.reduce((sum, kind) => sum + counts[kind], 0);
}

/** Adds `more` to `tally`. */
export function addKinds(tally: KindTally, more: KindCounts): void {
  for (const kind of OUTCOME_KINDS) tally[kind] += more[kind];
}

export function kindOfOutcome(outcome: Outcome): OutcomeKind {
  switch (outcome.status) {
    case 'migrated':
    case 'reverted':
      return 'changed';
    case 'planned':
      return (outcome.reverting ?? outcome.pending).length > 0 ? 'changed' : 'unchanged';
    case 'unchanged':
    case 'failed':
      return outcome.status;
    case 'skipped':
    case 'unknown':
      return 'open';
  }
}
