import type { RunStop } from '../../core/events.ts';
import type { Summary } from '../../core/reduce/summary.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import type { Look } from './look.ts';
import { planLines } from './plan-lines.ts';
import { printable } from './printable.ts';
import { type CausesOf, causeLines, countLines, headingLines } from './summary-lines.ts';
import { wrapText } from './wrap-text.ts';

/** Lines of a run's summary beyond its counts. */
export interface RunEnd {
  readonly summary: Summary;
  /** Why no new tenant was started from some point on. */
  readonly stopped: RunStop | undefined;
  /** Said last if everything went well. */
  readonly success: string;
  /** Whether the run took migrations back, or planned to. */
  readonly back: boolean;
  /** The command that runs what is left. */
  readonly retryCommand: string;
  /** The run, for commands about its causes. */
  readonly of?: CausesOf | undefined;
}

/** The summary of a run that migrates: the guide's lines, and what to do if something failed. */
export function runSummaryLines(end: RunEnd, look: Look): string[] {
  const { summary, stopped, success, back, retryCommand } = end;
  const { counts, total } = summary;
  const lines = [
    ...headingLines(back ? '📊 Rollback Summary' : '📊 Migration Summary', look),
    ...countLines(summary, look),
  ];
  if (counts.failed === 0 && counts.unknown === 0 && stopped === undefined) {
    return [...lines, ...wrapText(success, look.width, '   ').map(look.palette.good)];
  }
  // A single tenant's failure was explained a few lines above.
  if (total > 1 && counts.failed > 0) lines.push('', ...causeLines(summary, look, end.of));
  if (stopped !== undefined) lines.push('', ...stopLines(stopped, counts.skipped, look));
  return [...lines, '', `Retry with: ${retryCommand}`];
}

/** Lines of a plan's summary beyond its counts. */
export interface PlanEnd extends Pick<RunEnd, 'summary' | 'stopped' | 'back' | 'of'> {
  /** As counted here, if the summary is one of a stack that does not count it. */
  readonly wouldRun: number;
  /** Whether every tenant was printed. */
  readonly listed: boolean;
  readonly verbose: boolean;
}

/** The summary of a plan: how many tenants lack something, and what. */
export function planSummaryLines(
  { summary, stopped, back, of, listed, verbose, ...end }: PlanEnd,
  look: Look,
): string[] {
  const { counts, total, plan } = summary;
  const wouldRun = plan?.tenants ?? end.wouldRun;
  const lines = [
    ...headingLines(back ? '📊 Rollback Plan' : '📊 Migration Plan', look),
    `📝 Would ${back ? 'roll back' : 'run'} migrations: ${formatCount(wouldRun)}`,
    `✅ ${back ? 'Nothing to roll back' : 'Already up to date'}: ${formatCount(counts.planned - wouldRun)}`,
    ...countLines(summary, look).slice(1),
  ];
  if (plan !== undefined && plan.tenants > 0 && (verbose || !listed)) {
    lines.push(...planLines(plan, { back, listed }, look));
  }
  if (total > 1 && counts.failed > 0) lines.push('', ...causeLines(summary, look, of));
  const isLong = lines.includes('');
  if (stopped !== undefined) lines.push('', ...stopLines(stopped, counts.skipped, look));
  return [...lines, ...(isLong ? [''] : []), 'Nothing was changed.'];
}

function stopLines({ message }: RunStop, skipped: number, look: Look): string[] {
  const rest = skipped === 0 ? '' : ` Not started: ${formatCount(skipped)} tenant(s).`;
  return wrapText(printable(`🛑 ${message}${rest}`), look.width, '   ').map(look.palette.warn);
}
