import { causeShape } from '../../core/cause-shape.ts';
import type { Reporter, RunEvent, RunStop } from '../../core/events.ts';
import { isUnheard } from '../../core/migrate/host-health.ts';
import type { FailedOutcome, Outcome } from '../../core/outcome.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { formatDuration } from '../../core/wording/format-duration.ts';
import { startHeartbeat } from './heartbeat.ts';
import type { Look } from './look.ts';
import { failureLine, outcomeLines } from './outcome-lines.ts';
import { printable } from './printable.ts';
import { createProgressMeter } from './progress.ts';
import { progressLine } from './progress-line.ts';
import { ROLLED_BACK } from './rollback-wording.ts';
import { planSummaryLines, runSummaryLines } from './run-summary-lines.ts';
import { createRunningBoard, type RunningBoard } from './running-board.ts';
import { runningLines } from './running-lines.ts';
import type { Screen } from './screen.ts';
import { wrapText } from './wrap-text.ts';

/**
 * Up to here every tenant is printed. In a larger fleet only what needs reading is: on a terminal what was
 * changed and what failed, and in a log what failed.
 */
const SMALL_FLEET = 50;
/** Up to here a plan is printed tenant by tenant, and beyond by what would run. */
const SMALL_PLAN = 10;
/** Explanations that were printed, remembered to say each of them once. */
const REMEMBERED_EXPLANATIONS = 1_000;

/** What differs from command to command. */
export interface RunWording {
  /** The line that says how many tenants there are. */
  found(total: number): string;
  /** Said instead of a summary where there is no tenant at all. */
  readonly none: string;
  /** Said last where everything went well. */
  readonly success: string;
  /** The command that runs what is left. */
  retryCommand(runId: string): string;
  /** The stack whose run it is, for commands about it. */
  readonly stack?: string | undefined;
}

export interface TextReporterOptions {
  readonly screen: Screen;
  /** Every tenant, retry and note, however large the fleet. */
  readonly verbose: boolean;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  readonly wording: RunWording;
  /** Where who is under way is kept, if others look at it too. */
  readonly board?: RunningBoard | undefined;
}

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

/**
 * Prints a run as the guide shows it. What the guide does not show goes to standard error, so that
 * a script that reads standard output keeps reading the same lines.
 */
export function createTextReporter({
  screen,
  verbose,
  now,
  wording,
  board = createRunningBoard(now),
}: TextReporterOptions): Reporter {
  const meter = createProgressMeter(now);
  const explained = new Set<string>();
  let prints: 'all' | 'changes' | 'failures' = 'all';
  let stopHeartbeat: (() => void) | undefined;
  let namesWaves = false;
  let plans = false;
  let back = false;
  let wouldRun = 0;
  let looksAgain = false;
  let stopped: RunStop | undefined;

  const progress = (look: Look) =>
    [progressLine(meter.read(), look), ...runningLines(board, look)].join('\n');

  const isExplained = ({ failure, tenant }: FailedOutcome): boolean => {
    // Statements to paste name each tenant's own database and account.
    const key = `${failure.fingerprint}\n${causeShape(failure.nextStep, Object.values(tenant))}`;
    if (explained.has(key)) return true;
    if (explained.size < REMEMBERED_EXPLANATIONS) explained.add(key);
    return false;
  };

  const start = ({ total, waves, command, rollback }: EventOf<'run-started'>) => {
    plans = command === 'plan';
    const isSmall = total <= (plans ? SMALL_PLAN : SMALL_FLEET);
    prints = verbose || isSmall ? 'all' : screen.isWatched && !plans ? 'changes' : 'failures';
    namesWaves = waves > 1;
    back = command === 'rollback' || rollback === true;
    meter.start(total);
    screen.print([wording.found(total)]);
    if (total > 0) screen.showProgress(progress);
  };

  const startTenant = ({ tenant }: EventOf<'tenant-started'>) => {
    board.started(tenant);
    // Of a run that goes on elsewhere no tenant is told to start, and somebody else tells how far it is.
    if (!screen.draws)
      stopHeartbeat ??= startHeartbeat(meter, board, (line) => screen.note([line]));
  };

  const finishTenant = (outcome: Outcome) => {
    board.finished(outcome.tenant);
    // Those that a stopped run did not come to may be most of the fleet; the summary counts them.
    if (outcome.status === 'skipped' && stopped !== undefined) return;
    meter.finished(outcome.status === 'failed');
    if (isPlanOfSomething(outcome)) wouldRun += 1;
    // It was said before that this one failed so.
    if (looksAgain && isUnheard(outcome)) return;
    if (prints === 'failures') {
      if (outcome.status === 'failed') screen.print(failureLine(outcome, screen.out, { back }));
    } else if (prints === 'all' || needsReading(outcome)) {
      const explain = outcome.status !== 'failed' || !isExplained(outcome);
      screen.print(outcomeLines(outcome, screen.out, { explain, back }));
    }
    if (prints !== 'all') return;
    for (const { message } of outcome.notes)
      screen.warn(`Note: ${outcome.tenant.name}: ${message}`);
  };

  const finishRun = (event: EventOf<'run-finished'>) => {
    const { summary, runId } = event;
    stopHeartbeat?.();
    screen.hideProgress();
    if (summary.total === 0) {
      screen.print([wording.none]);
      return;
    }
    // Of a run that was started elsewhere, only its own request says what it does.
    const success = back ? ROLLED_BACK : wording.success;
    const of = { runId, stack: wording.stack };
    const end = { summary, stopped, success, back, retryCommand: wording.retryCommand(runId), of };
    const listed = prints === 'all';
    screen.print(
      plans
        ? planSummaryLines({ ...end, wouldRun, listed, verbose }, screen.out)
        : runSummaryLines(end, screen.out),
    );
    screen.note([
      ...trailerLines(event, listed).flatMap((line) =>
        wrapText(printable(line), screen.err.width, '  '),
      ),
      // Not wrapped: it is there to be copied.
      printable(`Report: ${event.location}/report.html`),
    ]);
  };

  return (event) => {
    switch (event.type) {
      case 'run-started':
        return start(event);
      case 'wave-started':
        if (namesWaves) screen.print([waveLine(event)]);
        return;
      case 'round-started':
        looksAgain = event.hostsDown === true;
        meter.again(event.total);
        screen.print(wrapText(roundLine(event), screen.out.width, '   '));
        return;
      case 'tenants-added':
        meter.more(event.total);
        screen.print([addedLine(event)]);
        return;
      case 'tenant-started':
        return startTenant(event);
      case 'tenant-retried':
        board.retried(event.tenant, event.delayMs);
        if (verbose) screen.warn(retryLine(event));
        return;
      case 'tenant-finished':
        return finishTenant(event.outcome);
      case 'run-stopping':
        stopped = event;
        if (board.count > 0) screen.showProgress((look) => finishing(board, look));
        return;
      case 'warning':
        return screen.warn(`Note: ${event.note.message}`);
      case 'run-finished':
        return finishRun(event);
    }
  };
}

function finishing(board: RunningBoard, look: Look): string {
  const line = `⏳ Finishing ${countOf(board.count, 'tenant')}…`;
  return [line, ...runningLines(board, look)].join('\n');
}

function needsReading(outcome: Outcome): boolean {
  return (
    outcome.status === 'failed' ||
    outcome.status === 'migrated' ||
    outcome.status === 'reverted' ||
    isPlanOfSomething(outcome)
  );
}

function isPlanOfSomething(outcome: Outcome): boolean {
  return outcome.status === 'planned' && (outcome.reverting ?? outcome.pending).length > 0;
}

function waveLine({ wave, total, canary }: EventOf<'wave-started'>): string {
  return `🌊 Wave ${wave}: ${formatCount(total)} tenant(s)${canary ? ' (canary)' : ''}`;
}

function addedLine({ total }: EventOf<'tenants-added'>): string {
  return `➕ ${countOf(total, 'tenant')} became active meanwhile`;
}

function roundLine({ wave, round, total, hostsDown }: EventOf<'round-started'>): string {
  if (hostsDown === true) {
    return `🔁 Wave ${wave}, round ${round}: looking again at ${formatCount(total)} tenant(s) whose database server did not answer`;
  }
  return `🔁 Wave ${wave}, round ${round}: trying ${formatCount(total)} tenant(s) again`;
}

function retryLine({ tenant, attempt, delayMs, message }: EventOf<'tenant-retried'>): string {
  return `Note: ${tenant.name}: attempt ${attempt} failed, again in ${formatDuration(delayMs)}: ${message}`;
}

/** What the guide does not know: it goes to standard error. */
function trailerLines(
  { runId, summary, durationMs }: EventOf<'run-finished'>,
  notesWerePrinted: boolean,
): string[] {
  const lines: string[] = [];
  if (!notesWerePrinted) {
    for (const [code, tenants] of Object.entries(summary.notes)) {
      lines.push(`Note: ${code}: ${countOf(tenants, 'tenant')} (--verbose shows each)`);
    }
  }
  if (summary.retried > 0) {
    lines.push(`Note: ${countOf(summary.retried, 'tenant')} needed more than one try.`);
  }
  lines.push(`Run ${runId} took ${formatDuration(durationMs)}.`);
  return lines;
}
