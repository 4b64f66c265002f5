import stringWidth from 'string-width';
import { formatCount } from '../../core/wording/format-count.ts';
import { formatDuration } from '../../core/wording/format-duration.ts';
import type { Look } from './look.ts';
import { type Progress, STILL_MS } from './progress.ts';

const WIDEST_BAR = 24;
const NARROWEST_BAR = 8;

/** `████░░░░  412/1,000  41%  23.4/s  3 failed  25 s left`, never wider than the terminal. */
export function progressLine(progress: Progress, look: Look): string {
  const { total, done, failed, rate, stillMs } = progress;
  const isStill = stillMs >= STILL_MS && done < total;
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const parts = [
    `${formatCount(done)}/${formatCount(total)}`,
    `${Math.floor(share * 100)}%`,
    rate !== undefined
      ? `${rate < 10 ? rate.toFixed(1) : formatCount(rate)}/s`
      : isStill
        ? `none for ${formatDuration(stillMs)}`
        : '–/s',
    `${formatCount(failed)} failed`,
    rate === undefined || done >= total
      ? ''
      : `${formatDuration(((total - done) / rate) * 1000)} left`,
  ].filter((part) => part !== '');
  // One column stays free, because some terminals wrap when the last one is written.
  const room = Math.min(look.width, 200) - 1;
  const bar = Math.min(WIDEST_BAR, room - 2 - stringWidth(parts.join('  ')));
  // If there is no room for all parts, the least important ones at the end are dropped.
  while (bar < NARROWEST_BAR && parts.length > 1 && stringWidth(parts.join('  ')) > room) {
    parts.pop();
  }
  const shown = parts.map((part) =>
    failed > 0 && part.endsWith(' failed') ? look.palette.bad(part) : part,
  );
  if (bar >= NARROWEST_BAR) shown.unshift(barOf(share, bar, look));
  return shown.join('  ');
}

function barOf(share: number, width: number, look: Look): string {
  const full = Math.floor(share * width);
  return look.palette.good('█'.repeat(full)) + look.palette.faint('░'.repeat(width - full));
}
