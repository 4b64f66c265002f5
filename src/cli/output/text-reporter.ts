import type { Reporter, RunEvent, RunStop } from '../../core/events.ts';
import type { FailedOutcome, Outcome } from '../../core/outcome.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { formatDuration } from '../../core/wording/format-duration.ts';
import { outcomeLines } from './outcome-lines.ts';
import { printable } from './printable.ts';
import { createProgressMeter } from './progress.ts';
import { progressLine } from './progress-line.ts';
import { ROLLED_BACK } from './rollback-wording.ts';
import { planSummaryLines, runSummaryLines } from './run-summary-lines.ts';
import type { Screen } from './screen.ts';
import { wrapText } from './wrap-text.ts';

/** Up to here every tenant is printed; in a larger fleet only what needs reading is. */
const SMALL_FLEET = 50;
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
}

export interface TextReporterOptions {
  readonly screen: Screen;
  /** Every tenant, retry and note, however large the fleet. */
  readonly verbose: boolean;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  readonly wording: RunWording;
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
}: TextReporterOptions): Reporter {
  const meter = createProgressMeter(now);
  const explained = new Set<string>();
  let printsAll = true;
  let namesWaves = false;
  let plans = false;
  let back = false;
  let wouldRun = 0;
  let stopped: RunStop | undefined;
  let running = 0;

  const isExplained = ({ failure }: FailedOutcome): boolean => {
    const key = `${failure.fingerprint}\n${failure.nextStep}`;
    if (explained.has(key)) return true;
    if (explained.size < REMEMBERED_EXPLANATIONS) explained.add(key);
    return false;
  };

  const start = ({ total, waves, command, rollback }: EventOf<'run-started'>) => {
    printsAll = verbose || total <= SMALL_FLEET;
    namesWaves = waves > 1;
    plans = command === 'plan';
    back = command === 'rollback' || rollback === true;
    meter.start(total);
    screen.print([wording.found(total)]);
    if (total > 0) screen.showProgress((look) => progressLine(meter.read(), look));
  };

  const finishTenant = (outcome: Outcome) => {
    if (outcome.status === 'skipped') {
      // Those that a stopped run did not come to may be most of the fleet; the summary counts them.
      if (stopped !== undefined) return;
    } else {
      running -= 1;
    }
    meter.finished(outcome.status === 'failed');
    if (isPlanOfSomething(outcome)) wouldRun += 1;
    if (printsAll || needsReading(outcome)) {
      const explain = outcome.status !== 'failed' || !isExplained(outcome);
      screen.print(outcomeLines(outcome, screen.out, { explain, back }));
    }
    if (!printsAll) return;
    for (const { message } of outcome.notes)
      screen.warn(`Note: ${outcome.tenant.name}: ${message}`);
  };

  const finishRun = (event: EventOf<'run-finished'>) => {
    const { summary, runId } = event;
    screen.hideProgress();
    if (summary.total === 0) {
      screen.print([wording.none]);
      return;
    }
    // Of a run that was started elsewhere, only its own request says what it does.
    const success = back ? ROLLED_BACK : wording.success;
    const end = { summary, stopped, success, back, retryCommand: wording.retryCommand(runId) };
    screen.print(
      plans ? planSummaryLines(end, wouldRun, screen.out) : runSummaryLines(end, screen.out),
    );
    screen.note([
      ...trailerLines(event, printsAll).flatMap((line) =>
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
        meter.again(event.total);
        screen.print([roundLine(event)]);
        return;
      case 'tenants-added':
        meter.more(event.total);
        screen.print([addedLine(event)]);
        return;
      case 'tenant-started':
        running += 1;
        return;
      case 'tenant-retried':
        if (verbose) screen.warn(retryLine(event));
        return;
      case 'tenant-finished':
        return finishTenant(event.outcome);
      case 'run-stopping':
        stopped = event;
        if (running > 0) screen.showProgress(() => `⏳ Finishing ${countOf(running, 'tenant')}…`);
        return;
      case 'warning':
        return screen.warn(`Note: ${event.note.message}`);
      case 'run-finished':
        return finishRun(event);
    }
  };
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

function roundLine({ wave, round, total }: EventOf<'round-started'>): string {
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
