import type { Reporter, RunEvent, RunStop } from '../../core/events.ts';
import { isUnheard } from '../../core/migrate/host-health.ts';
import type { FailedOutcome, Outcome } from '../../core/outcome.ts';
import { causeShape } from '../../core/text/cause-shape.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { paceWords } from '../../core/wording/pace-words.ts';
import { startHeartbeat } from './heartbeat.ts';
import type { Look } from './look.ts';
import { failureLine, outcomeLines } from './outcome-lines.ts';
import { printable } from './printable.ts';
import { createProgressMeter } from './progress.ts';
import { progressLine } from './progress-line.ts';
import { ROLLED_BACK } from './rollback-wording.ts';
import {
  addedLine,
  decidedLine,
  heldLines,
  retryLine,
  roundLine,
  waveLine,
} from './run-event-lines.ts';
import { planSummaryLines, runSummaryLines } from './run-summary-lines.ts';
import { createRunningBoard, type RunningBoard } from './running-board.ts';
import { runningLines } from './running-lines.ts';
import type { Screen } from './screen.ts';
import { trailerLines } from './trailer-lines.ts';
import { wrapText } from './wrap-text.ts';

/**
 * In a fleet of at most this size every tenant is printed. In a larger fleet only changes and failures are
 * printed on a terminal, and only failures in a log.
 */
const SMALL_FLEET = 50;
/** A plan of at most this many tenants is printed tenant by tenant; a larger one only by its migrations. */
const SMALL_PLAN = 10;
/** The number of printed explanations that are remembered, so that each is printed once. */
const REMEMBERED_EXPLANATIONS = 1_000;

/** Texts that differ from command to command. */
export interface RunWording {
  /** The line with the number of tenants. */
  found(total: number): string;
  /** Printed instead of a summary if there is no tenant at all. */
  readonly none: string;
  /** The last line if everything succeeded. */
  readonly success: string;
  /** The command that retries the remaining tenants. */
  retryCommand(runId: string): string;
  /** The stack of the run, for commands about it. */
  readonly stack?: string | undefined;
}

export interface TextReporterOptions {
  readonly screen: Screen;
  /** Prints every tenant, retry and note, however large the fleet. */
  readonly verbose: boolean;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  readonly wording: RunWording;
  /** The board of tenants in progress, if others use it too. */
  readonly board?: RunningBoard | undefined;
}

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

/**
 * Prints a run as the guide shows it. Anything else goes to standard error, so scripts that read standard
 * output keep reading the same lines.
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
  let isPlan = false;
  let isRollback = false;
  let wouldRun = 0;
  let looksAgain = false;
  let stopped: RunStop | undefined;

  const progress = (look: Look) =>
    [progressLine(meter.read(), look), ...runningLines(board, look)].join('\n');

  const isExplained = ({ failure, tenant }: FailedOutcome): boolean => {
    // Next steps with statements to paste differ by the database and account of each tenant.
    const key = `${failure.fingerprint}\n${causeShape(failure.nextStep, Object.values(tenant))}`;
    if (explained.has(key)) return true;
    if (explained.size < REMEMBERED_EXPLANATIONS) explained.add(key);
    return false;
  };

  const start = ({ total, waves, command, rollback }: EventOf<'run-started'>) => {
    isPlan = command === 'plan';
    const isSmall = total <= (isPlan ? SMALL_PLAN : SMALL_FLEET);
    prints = verbose || isSmall ? 'all' : screen.isWatched && !isPlan ? 'changes' : 'failures';
    namesWaves = waves > 1;
    isRollback = command === 'rollback' || rollback === true;
    meter.start(total);
    screen.print([wording.found(total)]);
    if (total > 0) screen.showProgress(progress);
  };

  const startTenant = ({ tenant }: EventOf<'tenant-started'>) => {
    board.started(tenant);
    // A run elsewhere reports no starts, and its progress is reported elsewhere.
    if (!screen.draws)
      stopHeartbeat ??= startHeartbeat(meter, board, (line) => screen.note([line]));
  };

  const finishTenant = (outcome: Outcome) => {
    board.finished(outcome.tenant);
    // Tenants that a stopped run did not reach may be most of the fleet; the summary counts them.
    if (outcome.status === 'skipped' && stopped !== undefined) return;
    meter.finished(outcome.status === 'failed');
    if (isPlanOfSomething(outcome)) wouldRun += 1;
    // The same failure of this tenant has been printed already.
    if (looksAgain && isUnheard(outcome)) return;
    if (prints === 'failures') {
      if (outcome.status === 'failed')
        screen.print(failureLine(outcome, screen.out, { isRollback, isPlan }));
    } else if (prints === 'all' || needsReading(outcome)) {
      const explain = outcome.status !== 'failed' || !isExplained(outcome);
      screen.print(outcomeLines(outcome, screen.out, { explain, isRollback, isPlan }));
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
    // A run that was started elsewhere may be a rollback, whatever the command that follows it.
    const success = isRollback ? ROLLED_BACK : wording.success;
    const of = { runId, stack: wording.stack };
    const end = {
      summary,
      stopped,
      success,
      isRollback,
      retryCommand: wording.retryCommand(runId),
      of,
    };
    const listed = prints === 'all';
    screen.print(
      isPlan
        ? planSummaryLines({ ...end, wouldRun, listed, verbose }, screen.out)
        : runSummaryLines(end, screen.out),
    );
    screen.note([
      ...trailerLines(event, listed).flatMap((line) =>
        wrapText(printable(line), screen.err.width, '  '),
      ),
      // Not wrapped, so that it can be copied.
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
      case 'wave-held':
        stopHeartbeat?.();
        stopHeartbeat = undefined;
        return screen.print(
          heldLines(event, wording.stack).flatMap((line, index) =>
            // Commands are not wrapped, so that they can be copied.
            index === 0 ? wrapText(printable(line), screen.out.width, '   ') : [printable(line)],
          ),
        );
      case 'wave-decided':
        return screen.print(wrapText(printable(decidedLine(event)), screen.out.width, '   '));
      case 'tenant-started':
        return startTenant(event);
      case 'tenant-retried':
        board.retried(event.tenant, event.delayMs);
        if (verbose) screen.warn(retryLine(event));
        return;
      case 'backfill-progress':
      case 'online-change-progress':
        return board.progressed(event.tenant, event.progress);
      case 'tenant-finished':
        return finishTenant(event.outcome);
      case 'pace-changed':
        // One that the run has chosen is told at the end.
        if (event.why === 'throttled') screen.warn(`Note: ${paceWords(event)}.`);
        return;
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
