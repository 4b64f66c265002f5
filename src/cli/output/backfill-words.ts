import { type BackfillProgress, secondsLeft } from '../../core/backfill/backfill-progress.ts';
import type { LoadSign } from '../../core/backfill/host-strain.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { formatDuration } from '../../core/wording/format-duration.ts';

/** `1,200,000 of about 5,000,000 rows, 24,000/s, 2 min left`; what is not known is left out. */
export function backfillWords(progress: BackfillProgress): string {
  const { rowsDone, rowsExpected, rowsPerSecond, unread = [] } = progress;
  const isKnown = rowsExpected !== undefined && rowsExpected >= rowsDone;
  const of = isKnown ? ` of about ${formatCount(rowsExpected)}` : '';
  const left = isKnown ? secondsLeft(progress) : undefined;
  return [
    `${formatCount(rowsDone)}${of} rows`,
    ...(rowsPerSecond === undefined ? [] : [`${formatCount(rowsPerSecond)}/s`]),
    ...(left === undefined ? [] : [`${formatDuration(left * 1_000)} left`]),
    ...slowedWords(progress),
    ...(unread.length === 0
      ? []
      : [`cannot see ${unread.map((sign) => SIGNS[sign]).join(' and ')}`]),
  ].join(', ');
}

const SIGNS: Readonly<Record<LoadSign, string>> = {
  running: 'threads running',
  history: 'history list',
  replicaLag: 'replica lag',
  commitMs: 'commit latency',
};

function slowedWords({ slowedBy = [] }: BackfillProgress): string[] {
  if (slowedBy.length === 0) return [];
  const does = slowedBy.includes('replicaLag') ? 'waits for' : 'slowed by';
  return [`${does} ${slowedBy.map((sign) => SIGNS[sign]).join(' and ')}`];
}
