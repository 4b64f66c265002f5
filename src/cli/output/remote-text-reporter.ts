import type { RemoteRound } from '../../core/remote/remote-runs.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import type { RemoteEvent, RemoteReporter } from '../remote/remote-event.ts';
import { cutToWidth } from './cut-to-width.ts';
import { printable } from './printable.ts';
import { createProgressMeter } from './progress.ts';
import { progressLine } from './progress-line.ts';
import { fleetBackfillsLine } from './running-lines.ts';
import { createTextReporter, type TextReporterOptions } from './text-reporter.ts';
import { wrapText } from './wrap-text.ts';

/** How often progress is printed without a terminal; a log should stay readable. */
const TELL_EVERY_MS = 30_000;

type EventOf<Type extends RemoteEvent['type']> = Extract<RemoteEvent, { type: Type }>;

/** Prints a run on AWS like a run in this process; details of AWS go to standard error. */
export function createRemoteTextReporter(options: TextReporterOptions): RemoteReporter {
  const { screen, now } = options;
  const reportRun = createTextReporter(options);
  const meters = {
    asking: createProgressMeter(now),
    readingShapes: createProgressMeter(now),
    migrating: createProgressMeter(now),
  };
  let toldAt = Number.NEGATIVE_INFINITY;
  let part = '';
  let address: string | undefined;

  const submitted = ({ runId, stack, region, consoleUrl, isOver }: EventOf<'run-submitted'>) => {
    address = consoleUrl;
    const detaching = isOver ? '' : ' Ctrl-C detaches; the run continues.';
    const sentence = `Run ${runId} on stack ${stack} in ${region}.${detaching}`;
    screen.note([
      ...wrapText(printable(sentence), screen.err.width, '  '),
      // Not wrapped, so that it can be copied.
      ...(consoleUrl === undefined ? [] : [`Console: ${consoleUrl}`]),
    ]);
  };

  let shown = meters.migrating;
  let backfills: EventOf<'fleet-backfills'> | undefined;
  let backfillsToldAt = Number.NEGATIVE_INFINITY;

  const draw = () =>
    screen.showProgress((look) =>
      [
        progressLine(shown.read(), look),
        ...(backfills === undefined
          ? []
          : [look.palette.faint(cutToWidth(fleetBackfillsLine(backfills), look.width - 1))]),
      ].join('\n'),
    );

  const tellBackfills = (event: EventOf<'fleet-backfills'>) => {
    backfills = event;
    if (screen.draws) return draw();
    if (now() - backfillsToldAt < TELL_EVERY_MS) return;
    backfillsToldAt = now();
    screen.note([`⏳${fleetBackfillsLine(event).slice(1)}`]);
  };

  const progress = (event: EventOf<'run-progress'>) => {
    const { counts } = event;
    const step = stepOf(event);
    const meter = meters[step];
    const failed = counts.failed + counts.aborted;
    // A batch that was not answered fails nobody: its tenants are asked again one by one, or the run ends.
    const counted = step === 'migrating' ? failed : 0;
    meter.reach({ total: counts.total, done: counts.succeeded + failed, failed: counted });
    if (screen.draws) {
      shown = meter;
      draw();
      return;
    }
    const current = `${event.wave} ${step}`;
    if (current === part && now() - toldAt < TELL_EVERY_MS) return;
    part = current;
    toldAt = now();
    screen.note([LINES[step](event.wave, counts)]);
  };

  return (event) => {
    switch (event.type) {
      case 'run-submitted':
        return submitted(event);
      case 'run-progress':
        return progress(event);
      case 'fleet-backfills':
        return tellBackfills(event);
      case 'run-skipped':
        return screen.print(wrapText(printable(`⏩ ${event.message}`), screen.out.width, '   '));
      case 'run-summarized':
        screen.hideProgress();
        return screen.print(
          event.lines.flatMap((line) => wrapText(printable(line), screen.out.width, '   ')),
        );
      case 'wave-held':
        screen.hideProgress();
        reportRun(event);
        if (event.gate === 'approval' && address !== undefined) {
          screen.print([`   Console: ${address}`]);
        }
        return;
      case 'run-stopping':
        screen.hideProgress();
        return reportRun(event);
      default:
        return reportRun(event);
    }
  };
}

type Step = 'asking' | 'readingShapes' | 'migrating';

function stepOf({ asking, readingShapes }: EventOf<'run-progress'>): Step {
  if (readingShapes) return 'readingShapes';
  return asking ? 'asking' : 'migrating';
}

const LINES: Readonly<Record<Step, (wave: number, counts: RemoteRound['counts']) => string>> = {
  asking: (wave, counts) => `⏳ Wave ${wave}: ${doneOf(counts)} asked what they have to do`,
  readingShapes: (_, counts) => `⏳ Before the first wave: shapes of ${doneOf(counts)} read`,
  migrating: progressText,
};

function doneOf({ total, succeeded, failed, aborted }: RemoteRound['counts']): string {
  return `${formatCount(succeeded + failed + aborted)} of ${formatCount(total)}`;
}

function progressText(wave: number, counts: RemoteRound['counts']): string {
  const { total, succeeded, failed, aborted, running } = counts;
  const parts = [
    `${formatCount(succeeded + failed + aborted)} of ${formatCount(total)} done`,
    `${formatCount(failed)} failed`,
    ...(aborted === 0 ? [] : [`${formatCount(aborted)} aborted`]),
    `${formatCount(running)} running`,
  ];
  return `⏳ Wave ${wave}: ${parts.join(', ')}`;
}
