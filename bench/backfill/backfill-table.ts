import { valueAt } from '../statistics.ts';
import { textTable } from '../text-table.ts';
import type { BackfillSample } from './measure-backfill.ts';

/** The times of the application's queries: without a change, and beside each way. */
export function backfillTable(samples: readonly BackfillSample[], rows: number): string {
  const head = [
    'way',
    'queries',
    'p50 ms',
    'p99 ms',
    'p99 worse by',
    'longest ms',
    'rows a second',
  ];
  const lines = samples.flatMap((sample) => {
    const { way, begunAt, endedAt, samples: all } = sample;
    const quiet = times(all.filter(([at]) => at >= begunAt - QUIET_MS && at < begunAt));
    const during = times(all.filter(([at]) => at >= begunAt && at < endedAt));
    const worse = valueAt(during, 0.99) / Math.max(valueAt(quiet, 0.99), 1) - 1;
    const rate = Math.round((1_000 * rows) / Math.max(1, endedAt - begunAt));
    return [
      [`before: ${way.title}`, ...cellsOf(quiet, ''), ''],
      [way.title, ...cellsOf(during, `${Math.round(worse * 100)} %`), rate.toLocaleString('en')],
    ];
  });
  return textTable(head, lines);
}

/** The seconds before the change that count: those before them warm up. */
const QUIET_MS = 5_000;

function times(samples: BackfillSample['samples']): number[] {
  return samples.map(([, took]) => took);
}

function cellsOf(all: readonly number[], worse: string): string[] {
  const shown = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 1 });
  return [
    ...[all.length, valueAt(all, 0.5), valueAt(all, 0.99)].map(shown),
    ...[worse, shown(valueAt(all, 1))],
  ];
}
