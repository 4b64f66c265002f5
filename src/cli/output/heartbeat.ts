import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { formatDuration } from '../../core/wording/format-duration.ts';
import { printable } from './printable.ts';
import type { ProgressMeter } from './progress.ts';
import { progressWords } from './progress-words.ts';
import type { RunningBoard } from './running-board.ts';

const EVERY_MS = 60_000;

/** Reports the progress of a run once a minute, for logs. Returns the function that stops it. */
export function startHeartbeat(
  meter: Pick<ProgressMeter, 'read'>,
  board: RunningBoard,
  say: (line: string) => void,
): () => void {
  const timer = setInterval(() => say(heartbeatLine(meter, board)), EVERY_MS).unref();
  return () => clearInterval(timer);
}

/** `⏳ 212 of 500 tenants done, 3 failed, 8 running (longest: acme-corp, 45 s)` */
export function heartbeatLine(meter: Pick<ProgressMeter, 'read'>, board: RunningBoard): string {
  const { total, done, failed } = meter.read();
  const [longest] = board.longest(1);
  const who =
    longest === undefined
      ? ''
      : ` (longest: ${printable(longest.tenant.slug)}, ${formatDuration(longest.ageMs)}${longest.progress === undefined ? '' : `: ${printable(progressWords(longest.progress))}`})`;
  return `⏳ ${formatCount(done)} of ${countOf(total, 'tenant')} done, ${formatCount(failed)} failed, ${formatCount(board.count)} running${who}`;
}
