import { emptySummary } from '../../core/reduce/add-outcome.ts';
import type { Summary } from '../../core/reduce/summary.ts';

/**
 * Completes a summary that a stack of another version may have written: counts that it lacks become zero.
 */
export function completeSummary(written: Summary): Summary {
  const nothing = emptySummary(0);
  return { ...nothing, ...written, counts: { ...nothing.counts, ...written.counts } };
}
