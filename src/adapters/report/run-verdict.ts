import type { Summary } from '../../core/reduce/summary.ts';
import type { FinishedRun } from '../../core/run/finished-run.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';

/** How a run ended, as a person would say it. */
export interface Verdict {
  readonly tone: 'good' | 'bad' | 'warn';
  readonly word: string;
  readonly sentence: string;
}

/** Puts the outcome of a run into words. */
export function runVerdict(summary: Summary, { state }: FinishedRun): Verdict {
  const { tone, word } = WORDS[state.status];
  return { tone, word, sentence: sentenceOf(summary) };
}

const WORDS = {
  running: { tone: 'warn', word: 'Under way' },
  succeeded: { tone: 'good', word: 'Succeeded' },
  failed: { tone: 'bad', word: 'Failed' },
  interrupted: { tone: 'warn', word: 'Interrupted' },
} as const satisfies Record<FinishedRun['state']['status'], Pick<Verdict, 'tone' | 'word'>>;

function sentenceOf({ total, counts, failures, otherFailures }: Summary): string {
  if (total === 0) return 'There was no active tenant, so there was nothing to do.';
  const done = counts.migrated + counts.unchanged;
  const causes = otherFailures > 0 ? `more than ${failures.length}` : formatCount(failures.length);
  const parts = [
    counts.planned > 0 && `${formatCount(counts.planned)} of ${countOf(total, 'tenant')} planned`,
    (done > 0 || counts.planned === 0) &&
      `${formatCount(done)} of ${countOf(total, 'tenant')} up to date`,
    counts.failed > 0 &&
      `${formatCount(counts.failed)} failed for ${causes} ${failures.length === 1 ? 'reason' : 'reasons'}`,
    counts.skipped > 0 && `${formatCount(counts.skipped)} skipped`,
    counts.unknown > 0 && `${formatCount(counts.unknown)} unknown`,
  ];
  return `${parts.filter((part) => part !== false).join(', ')}.`;
}
