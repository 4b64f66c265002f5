import type { Summary } from '../reduce/summary.ts';
import { countOf } from './count-of.ts';
import { formatCount } from './format-count.ts';

/** The result of a run, in one sentence. */
export function summarySentence({ total, counts, failures, otherFailures }: Summary): string {
  if (total === 0) return 'There was no active tenant, so there was nothing to do.';
  const done = counts.migrated + counts.unchanged;
  const isRollback = counts.reverted > 0;
  const causes = otherFailures > 0 ? `more than ${failures.length}` : formatCount(failures.length);
  const parts = [
    counts.planned > 0 && `${formatCount(counts.planned)} of ${countOf(total, 'tenant')} planned`,
    isRollback && `${formatCount(counts.reverted)} of ${countOf(total, 'tenant')} rolled back`,
    (done > 0 || counts.planned === 0) &&
      !isRollback &&
      `${formatCount(done)} of ${countOf(total, 'tenant')} up to date`,
    isRollback && done > 0 && `${formatCount(done)} had nothing to roll back`,
    counts.failed > 0 &&
      `${formatCount(counts.failed)} failed for ${causes} ${failures.length === 1 ? 'reason' : 'reasons'}`,
    counts.skipped > 0 && `${formatCount(counts.skipped)} skipped`,
    counts.unknown > 0 && `${formatCount(counts.unknown)} unknown`,
  ];
  return `${parts.filter((part) => part !== false).join(', ')}.`;
}
