import { isRollback } from '../../core/is-rollback.ts';
import type { Summary } from '../../core/reduce/summary.ts';
import type { FinishedRun } from '../../core/run/finished-run.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { summarySentence } from '../../core/wording/summary-sentence.ts';
import { plannedCount } from './counts-section.ts';

/** How a run ended, in words. */
export interface RunVerdict {
  readonly tone: 'good' | 'bad' | 'warn';
  readonly word: string;
  readonly sentence: string;
}

/** Puts the outcome of a run into words. */
export function runVerdict(summary: Summary, run: FinishedRun): RunVerdict {
  const { tone, word } = WORDS[run.state.status];
  const isPlan = run.record.request.command === 'plan' && summary.total > 0;
  return { tone, word, sentence: isPlan ? planSentence(summary, run) : summarySentence(summary) };
}

/** For a plan: counts the tenants that would change and those that are up to date separately. */
function planSentence(summary: Summary, run: FinishedRun): string {
  const { counts, total } = summary;
  const planned = plannedCount(summary);
  const unchanged = counts.planned + counts.unchanged - planned;
  const back = isRollback(run.record.request);
  const parts = [
    `${formatCount(planned)} of ${countOf(total, 'tenant')} would be ${back ? 'rolled back' : 'migrated'}`,
    unchanged > 0 &&
      (back
        ? `${formatCount(unchanged)} have nothing to roll back`
        : `${formatCount(unchanged)} ${unchanged === 1 ? 'is' : 'are'} up to date`),
    counts.failed > 0 && `${formatCount(counts.failed)} could not be planned`,
    counts.skipped > 0 && `${formatCount(counts.skipped)} skipped`,
    counts.unknown > 0 && `${formatCount(counts.unknown)} unknown`,
  ];
  return `${parts.filter((part) => part !== false).join(', ')}.`;
}

const WORDS = {
  running: { tone: 'warn', word: 'Running' },
  succeeded: { tone: 'good', word: 'Succeeded' },
  failed: { tone: 'bad', word: 'Failed' },
  interrupted: { tone: 'warn', word: 'Interrupted' },
} as const satisfies Record<FinishedRun['state']['status'], Pick<RunVerdict, 'tone' | 'word'>>;
