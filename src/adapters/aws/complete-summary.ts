import { emptySummary } from '../../core/reduce/add-outcome.ts';
import type { Summary } from '../../core/reduce/summary.ts';

/**
 * A summary as a stack of another version wrote it, with all that this one reads: what it does not
 * count did not occur.
 */
export function completeSummary(written: Summary): Summary {
  const nothing = emptySummary(0);
  return { ...nothing, ...written, counts: { ...nothing.counts, ...written.counts } };
}
