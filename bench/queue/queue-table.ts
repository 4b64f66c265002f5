import { valueAt } from '../statistics.ts';
import { textTable } from '../text-table.ts';
import type { QueueSample } from './measure-queue.ts';

/** The times of the application's queries by way: while the transaction is open, and those after its end. */
export function queueTable(samples: readonly QueueSample[], queueMs: number): string {
  const head = [
    'way',
    'queries',
    'p50 ms',
    'p99 ms',
    'longest ms',
    `over ${queueMs} ms`,
    'most waiting',
    'longest after it',
    'done after s',
  ];
  const rows = samples.map(({ way, begunAt, releasedAt, doneAfter, mostWaiting, samples: all }) => {
    const during = all.filter(([at]) => at >= begunAt && at < releasedAt);
    const later = all.filter(([at]) => at >= releasedAt).map(([, took]) => took);
    return [
      way.title,
      ...cellsOf(
        during.map(([, took]) => took),
        queueMs,
      ),
      formatted(mostWaiting),
      formatted(Math.max(...later)),
      doneAfter.toFixed(1),
    ];
  });
  const quiet = samples.flatMap(({ begunAt, samples: all }) =>
    all.filter(([at]) => at < begunAt).map(([, took]) => took),
  );
  return textTable(head, [['no migration', ...cellsOf(quiet, queueMs), '', '', ''], ...rows]);
}

function cellsOf(times: readonly number[], queueMs: number): string[] {
  const at = (share: number) => valueAt(times, share);
  const over = times.filter((took) => took > queueMs).length;
  return [times.length, at(0.5), at(0.99), at(1), over].map(formatted);
}

function formatted(value: number): string {
  return Math.round(value).toLocaleString('en');
}
