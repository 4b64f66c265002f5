import type { Attempt } from '../migrate/attempt.ts';

/** Attempts of a kind from which its weight is taken. */
const FIRST = 8;
/** Kinds that are weighed by themselves; all further ones share a weight. */
const MOST_KINDS = 64;

/** Weighs attempts, so that the speed is the same whether tenants with much or little to do come first. */
export interface WorkWeights {
  /** The weight of an attempt that took this long: the mean time of the first attempts of its kind. */
  of(kind: string, durationMs: number): number;
}

/** Weights of which none is known yet. */
export function createWorkWeights(): WorkWeights {
  const kinds = new Map<string, { count: number; mean: number }>();
  return {
    of(kind, durationMs) {
      const key = kinds.has(kind) || kinds.size < MOST_KINDS ? kind : 'other';
      const known = kinds.get(key) ?? { count: 0, mean: 0 };
      if (known.count < FIRST) {
        known.count += 1;
        known.mean += (durationMs - known.mean) / known.count;
        kinds.set(key, known);
      }
      return known.mean;
    },
  };
}

/** Attempts of one kind have about as much to do. */
export function kindOfAttempt(attempt: Attempt): string {
  switch (attempt.status) {
    case 'migrated':
      return `migrated ${attempt.applied.length}`;
    case 'reverted':
      return `reverted ${attempt.reverted.length}`;
    case 'failed':
      return `failed ${attempt.failure.code}`;
    case 'continue':
    case 'planned':
    case 'unchanged':
      return attempt.status;
  }
}
