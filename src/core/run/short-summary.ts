import type { RunStop } from '../events.ts';
import { failuresByCount } from '../reduce/failures-by-count.ts';
import type { Summary } from '../reduce/summary.ts';
import type { ShortSummary } from '../wire/step-data.ts';
import { bytesOf, cutToBytes } from '../wording/cut-to-bytes.ts';
import { summarySentence } from '../wording/summary-sentence.ts';

export interface ShortSummaryFacts {
  readonly runId: string;
  /** The place where the run is kept. */
  readonly location: string;
  /** Why not all tenants were started. */
  readonly stopped?: RunStop | undefined;
}

/** A state's output may have 256 KiB; this much of it is for people, who only glance at it. */
export const MOST_SHORT_BYTES = 10 * 1024;
const MOST_CAUSES = 5;
const MOST_EXAMPLES = 3;
const MOST_NOTES = 10;

/** The part of its run that an execution shows: below 10 KiB whatever failed, and however often. */
export function shortSummary(
  summary: Summary,
  { runId, location, stopped }: ShortSummaryFacts,
): ShortSummary {
  const { total, counts, applied } = summary;
  const causes = failuresByCount(summary)
    .slice(0, MOST_CAUSES)
    .map(({ count, code, message, nextStep, tenants }) => ({
      tenants: count,
      code: words(code, 60),
      message: words(message, 300),
      nextStep: words(nextStep, 200),
      examples: tenants.slice(0, MOST_EXAMPLES).map(({ slug }) => words(slug, 60)),
    }));
  const folder = location.replace(/\/+$/, '');
  const sentences = [summarySentence(summary), stopped?.message ?? '', ...runNotes(summary)];
  const short: ShortSummary = {
    runId,
    message: words(sentences.filter((sentence) => sentence !== '').join(' '), 1_500),
    total,
    counts,
    applied,
    causes,
    notes: mostFrequent(summary.notes),
    summary: `${folder}/summary.json`,
    report: `${folder}/report.html`,
  };
  // Characters that JSON escapes with six others may still make it too long.
  while (causes.length > 0 && bytesOf(JSON.stringify(short)) > MOST_SHORT_BYTES) causes.pop();
  return short;
}

function runNotes({ runNotes: notes = [] }: Summary): string[] {
  return notes.map(({ message }) => message);
}

function mostFrequent(notes: Summary['notes']): ShortSummary['notes'] {
  const entries = Object.entries(notes).sort(([, a], [, b]) => b - a);
  return Object.fromEntries(
    entries.slice(0, MOST_NOTES).map(([code, count]) => [words(code, 60), count]),
  );
}

/** Words for one line of JSON: the console shows a line break as `\n`. */
function words(text: string, most: number): string {
  return cutToBytes(text.replace(/[\s\p{Cc}]+/gu, ' ').trim(), most);
}
