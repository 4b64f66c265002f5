import type { Summary } from '../../core/reduce/summary.ts';
import type { FinishedRun } from '../../core/run/finished-run.ts';
import { summarySentence } from '../../core/wording/summary-sentence.ts';

/** How a run ended, as a person would say it. */
export interface Verdict {
  readonly tone: 'good' | 'bad' | 'warn';
  readonly word: string;
  readonly sentence: string;
}

/** Puts the outcome of a run into words. */
export function runVerdict(summary: Summary, { state }: FinishedRun): Verdict {
  const { tone, word } = WORDS[state.status];
  return { tone, word, sentence: summarySentence(summary) };
}

const WORDS = {
  running: { tone: 'warn', word: 'Under way' },
  succeeded: { tone: 'good', word: 'Succeeded' },
  failed: { tone: 'bad', word: 'Failed' },
  interrupted: { tone: 'warn', word: 'Interrupted' },
} as const satisfies Record<FinishedRun['state']['status'], Pick<Verdict, 'tone' | 'word'>>;
