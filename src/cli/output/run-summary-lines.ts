import type { RunStop } from '../../core/events.ts';
import type { Summary } from '../../core/reduce/summary.ts';
import { isHeldStop } from '../../core/rollout/rollout-stop.ts';
import { commandSpan } from '../../core/wording/command-span.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import type { Look } from './look.ts';
import { planLines } from './plan-lines.ts';
import { printable } from './printable.ts';
import { type CausesOf, causeLines, countLines, headingLines } from './summary-lines.ts';
import { wrapText } from './wrap-text.ts';

/** Lines of a run's summary beyond its counts. */
export interface RunEnd {
  readonly summary: Summary;
  /** The reason for which the run stopped starting tenants. */
  readonly stopped: RunStop | undefined;
  /** The last line if everything succeeded. */
  readonly success: string;
  /** Whether the run rolled migrations back, or planned to. */
  readonly isRollback: boolean;
  /** The command that retries the remaining tenants. */
  readonly retryCommand: string;
  /** The run, for commands about its causes. */
  readonly of?: CausesOf | undefined;
}

/** The summary of a run that migrates: the lines of the guide, and the next steps after failures. */
export function runSummaryLines(end: RunEnd, look: Look): string[] {
  const { summary, stopped, success, isRollback, retryCommand } = end;
  const { counts, total } = summary;
  const lines = [
    ...headingLines(isRollback ? '📊 Rollback Summary' : '📊 Migration Summary', look),
    ...countLines(summary, look),
  ];
  if (counts.failed === 0 && counts.unknown === 0 && stopped === undefined) {
    return [...lines, ...wrapText(success, look.width, '   ').map(look.palette.good)];
  }
  // A single tenant's failure was explained a few lines above.
  if (total > 1 && counts.failed > 0) lines.push('', ...causeLines(summary, look, end.of));
  if (stopped !== undefined) lines.push('', ...stopLines(stopped, counts.skipped, look));
  return [
    ...lines,
    '',
    `Retry with: ${retryCommand}`,
    ...(isHeldStop(stopped) ? rollBackLines(end.of) : []),
  ];
}

/** A run that was held has changed some tenants, and going back is as likely as going on. */
function rollBackLines(of: CausesOf | undefined): string[] {
  if (of === undefined || !('runId' in of)) return [];
  const flags = of.stack === undefined ? [] : ['--aws', of.stack];
  return [`Roll back with: ${commandSpan('migrate:rollback-run', of.runId, ...flags)}`];
}

/** Lines of a plan's summary beyond its counts. */
export interface PlanEnd extends Pick<RunEnd, 'summary' | 'stopped' | 'isRollback' | 'of'> {
  /** Counted by the reporter, for the summary of an older stack that does not contain it. */
  readonly wouldRun: number;
  /** Whether every tenant was printed. */
  readonly listed: boolean;
  readonly verbose: boolean;
}

/** The summary of a plan: the tenants with pending migrations, and which those are. */
export function planSummaryLines(
  { summary, stopped, isRollback, of, listed, verbose, ...end }: PlanEnd,
  look: Look,
): string[] {
  const { counts, total, plan } = summary;
  const wouldRun = plan?.tenants ?? end.wouldRun;
  const lines = [
    ...headingLines(isRollback ? '📊 Rollback Plan' : '📊 Migration Plan', look),
    `📝 Would ${isRollback ? 'roll back' : 'run'} migrations: ${formatCount(wouldRun)}`,
    `✅ ${isRollback ? 'Nothing to roll back' : 'Already up to date'}: ${formatCount(counts.planned - wouldRun)}`,
    ...countLines(summary, look).slice(1),
  ];
  if (plan !== undefined && plan.tenants > 0 && (verbose || !listed)) {
    lines.push(...planLines(plan, { isRollback, listed }, look));
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
