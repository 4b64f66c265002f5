import type { ShortSummary } from '../wire/step-data.ts';
import { asSentence } from '../wording/as-sentence.ts';
import { countOf } from '../wording/count-of.ts';
import { cutToBytes } from '../wording/cut-to-bytes.ts';
import type { RunChangeFacts } from './run-change.ts';

/** Words about a run in which a notification begins. */
export interface RunTitle {
  readonly runId: string;
  readonly command: 'migrate' | 'rollback';
  readonly fleet?: string | undefined;
}

/** Chat channels show some 4,000 characters of a message, but people read far fewer at a glance. */
const MOST_BYTES = 3_000;
/** Causes for which a message has room. */
const MOST_CAUSES = 3;

/** A change in words for a chat channel: one line about the event, then the next step. */
export function notificationText(run: RunTitle, facts: RunChangeFacts): string {
  const lines = linesOf(facts);
  const [first = '', ...rest] = lines.filter((line) => line !== '');
  const isRollback = run.command === 'rollback';
  const subject =
    run.fleet === undefined
      ? isRollback
        ? 'Rollback'
        : 'Run'
      : `${run.fleet}: ${isRollback ? 'rollback' : 'run'}`;
  const title = `${MARKS[facts.change]} ${subject} ${run.runId} ${first}`;
  return cutToBytes([title, ...rest].join('\n'), MOST_BYTES);
}

const MARKS: Readonly<Record<RunChangeFacts['change'], string>> = {
  started: '🚀',
  'wave-done': '🌊',
  baking: '⏳',
  'waiting-for-window': '⏳',
  'waiting-for-approval': '✋',
  held: '⚠️',
  resumed: '▶️',
  rejected: '⛔',
  stopped: '⛔',
  failed: '❌',
  done: '✅',
};

function linesOf(facts: RunChangeFacts): string[] {
  switch (facts.change) {
    case 'started':
      return [startLine(facts)];
    case 'wave-done':
      return [
        `has finished ${facts.canary ? 'the canary, ' : ''}wave ${facts.wave} of ${facts.waves}.`,
        facts.summary.message,
        ...causeLines(facts.summary),
      ];
    case 'baking':
      return [`is baking ${placeOf(facts)}, until ${minuteOf(facts.until)}.`];
    case 'waiting-for-window':
      return [
        `waits for a window ${placeOf(facts)}${untilWords(facts)}.`,
        asSentence(facts.reason),
      ];
    case 'waiting-for-approval':
      return [`waits for approval ${placeOf(facts)}${untilWords(facts)}.`, facts.nextStep];
    case 'held':
      return [`is held ${placeOf(facts)}.`, asSentence(facts.reason), facts.nextStep ?? ''];
    case 'resumed':
      return [`continues${byWords(facts)}.`, facts.reason ? asSentence(facts.reason) : ''];
    case 'rejected':
      return [
        `was rejected${byWords(facts)}.`,
        asSentence(facts.reason),
        facts.summary.message,
        `Report: ${facts.summary.report}`,
      ];
    case 'stopped':
    case 'failed':
      return [
        facts.change === 'stopped' ? 'was stopped.' : 'has failed.',
        // The summary has the reason in its message.
        facts.summary?.message ?? asSentence(facts.reason ?? ''),
        ...(facts.summary === undefined ? [] : causeLines(facts.summary)),
        facts.nextStep ?? '',
        facts.summary === undefined ? '' : `Report: ${facts.summary.report}`,
      ];
    case 'done':
      return ['is done.', facts.summary.message, `Report: ${facts.summary.report}`];
  }
}

/** The first wave has no wave before it. */
function placeOf({ wave, waves }: { readonly wave: number; readonly waves: number }): string {
  return wave === 0 ? 'before the first wave' : `after wave ${wave} of ${waves}`;
}

function startLine({
  total,
  waves = 1,
  retryOf,
}: Extract<RunChangeFacts, { change: 'started' }>): string {
  const tenants = total === undefined ? '' : `: ${countOf(total, 'tenant')}`;
  const inWaves = waves > 1 ? ` in ${waves} waves` : '';
  return `has started${tenants}${inWaves}.${retryOf === undefined ? '' : ` It retries ${retryOf}.`}`;
}

function causeLines({ causes }: ShortSummary): string[] {
  const lines = causes
    .slice(0, MOST_CAUSES)
    .map(({ tenants, code, message, nextStep, examples }) => {
      const more = tenants > examples.length ? ', …' : '';
      return `• ${countOf(tenants, 'tenant')} (${examples.join(', ')}${more}): ${code}: ${asSentence(message)} ${nextStep}`;
    });
  return causes.length > MOST_CAUSES ? [...lines, '• The other reasons are in the report.'] : lines;
}

function untilWords({ until }: { readonly until?: string | undefined }): string {
  return until === undefined ? '' : `, until ${minuteOf(until)}`;
}

/** `2026-11-23 06:27 UTC`. */
function minuteOf(instant: string): string {
  return `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function byWords({ by }: { readonly by?: string | undefined }): string {
  return by === undefined ? '' : ` (by ${by})`;
}
