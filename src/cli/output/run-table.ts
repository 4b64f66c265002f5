import type { RunStanding } from '../../core/reduce/run-standing.ts';
import type { RunRequest } from '../../core/request.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { fitToWidth } from './cut-to-width.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';

/** Column widths for a terminal of 80 columns. */
const WIDTHS = { run: 22, started: 16, command: 8, tenants: 8, failed: 7, toRetry: 8 } as const;

/** The heading of {@link runTableRow}. */
export function runTableHead({ palette }: Look): string[] {
  const row = cells('RUN', 'STARTED (UTC)', 'COMMAND', 'TENANTS', 'FAILED', 'TO RETRY');
  return [palette.strong(row)];
}

/** A run on one line. */
export function runTableRow(standing: RunStanding, { palette }: Look): string {
  const { record, summary, left } = standing;
  const row = cells(
    printable(record.id),
    minuteOf(record.startedAt),
    commandOf(record.request),
    formatCount(summary.total),
    formatCount(summary.counts.failed),
    formatCount(left),
  );
  return left > 0 ? palette.bad(row) : row;
}

function cells(
  run: string,
  started: string,
  command: string,
  tenants: string,
  failed: string,
  toRetry: string,
): string {
  // An id is not cut, because the next command needs it: one that AWS has made up gets a line of its own.
  const id = run.length > WIDTHS.run ? `${run}\n${' '.repeat(WIDTHS.run)}` : run.padEnd(WIDTHS.run);
  return `${id}  ${fitToWidth(started, WIDTHS.started)}  ${fitToWidth(command, WIDTHS.command)} ${tenants.padStart(WIDTHS.tenants)} ${failed.padStart(WIDTHS.failed)} ${toRetry.padStart(WIDTHS.toRetry)}`;
}

/** The command of a run; a retry is a `migrate` of an earlier run. */
export function commandOf({ command, retryOf }: RunRequest): string {
  return command === 'migrate' && retryOf !== undefined ? 'retry' : command;
}

/** `2026-11-27 09:30` */
export function minuteOf(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

/** A run for JSON, without its causes. */
export function shownRun({ record, state, summary, left, doneSince }: RunStanding) {
  const { id, startedAt, request } = record;
  const { status, finishedAt, stopped } = state;
  const { total, counts } = summary;
  return { id, startedAt, finishedAt, status, stopped, request, total, counts, left, doneSince };
}
