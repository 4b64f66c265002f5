import { type BackfillProgress, secondsLeft } from '../../core/backfill/backfill-progress.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { formatDuration } from '../../core/wording/format-duration.ts';

/** `1,200,000 of about 5,000,000 rows, 24,000/s, 2 min left`; what is not known is left out. */
export function backfillWords(progress: BackfillProgress): string {
  const { rowsDone, rowsExpected, rowsPerSecond } = progress;
  const isKnown = rowsExpected !== undefined && rowsExpected >= rowsDone;
  const of = isKnown ? ` of about ${formatCount(rowsExpected)}` : '';
  const left = isKnown ? secondsLeft(progress) : undefined;
  return [
    `${formatCount(rowsDone)}${of} rows`,
    ...(rowsPerSecond === undefined ? [] : [`${formatCount(rowsPerSecond)}/s`]),
    ...(left === undefined ? [] : [`${formatDuration(left * 1_000)} left`]),
  ].join(', ');
}
