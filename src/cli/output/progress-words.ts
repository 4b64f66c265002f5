import { type BackfillProgress, secondsLeft } from '../../core/backfill/backfill-progress.ts';
import type { LoadSign } from '../../core/backfill/host-strain.ts';
import type { OnlineProgress } from '../../core/safety/online/online-progress.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { formatDuration } from '../../core/wording/format-duration.ts';
import type { LongProgress } from './running-board.ts';

/** `1,200,000 of about 5,000,000 rows, 24,000/s, 2 min left`; what is not known is left out. */
export function progressWords(progress: LongProgress): string {
  if ('program' in progress) return onlineWords(progress);
  const { unread = [] } = progress;
  return [
    ...rowWords(progress),
    ...slowedWords(progress),
    ...(unread.length === 0
      ? []
      : [`cannot see ${unread.map((sign) => SIGNS[sign]).join(' and ')}`]),
  ].join(', ');
}

/** `gh-ost copies events: 1,200,000 of about 5,000,000 rows, 24,000/s, 2 min left (throttled, …)` */
function onlineWords(progress: OnlineProgress): string {
  const { program, table, waits } = progress;
  const words = rowWords(progress).join(', ');
  return `${program} copies ${table}: ${words}${waits === undefined ? '' : ` (${waits})`}`;
}

function rowWords(progress: LongProgress): string[] {
  const { rowsDone, rowsExpected, rowsPerSecond } = progress;
  const isKnown = rowsExpected !== undefined && rowsExpected >= rowsDone;
  const of = isKnown ? ` of about ${formatCount(rowsExpected)}` : '';
  const left = isKnown ? secondsLeft(progress) : undefined;
  return [
    `${formatCount(rowsDone)}${of} rows`,
    ...(rowsPerSecond === undefined ? [] : [`${formatCount(rowsPerSecond)}/s`]),
    ...(left === undefined ? [] : [`${formatDuration(left * 1_000)} left`]),
  ];
}

const SIGNS: Readonly<Record<LoadSign, string>> = {
  running: 'threads running',
  history: 'history list',
  replicaLag: 'replica lag',
  commitMs: 'commit latency',
};

function slowedWords({ slowedBy = [], unread = [], replicas = [] }: BackfillProgress): string[] {
  if (slowedBy.length === 0) return [];
  const waits = slowedBy.includes('replicaLag') && !unread.includes('replicaLag');
  const signs = slowedBy.map((sign) => SIGNS[sign]).join(' and ');
  const named = replicas.length === 0 ? '' : ` (${replicas.join('; ')})`;
  return [`${waits ? 'waits for' : 'slowed by'} ${signs}${named}`];
}
