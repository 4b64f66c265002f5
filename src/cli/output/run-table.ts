import type { RunStanding } from '../../core/reduce/run-standing.ts';
import type { RunRequest } from '../../core/request.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { fitToWidth } from './cut-to-width.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';

/** In columns of a terminal with 80. */
const WIDTHS = { run: 22, started: 16, what: 8, tenants: 8, failed: 7 } as const;

/** The heading of {@link runTableRow}. */
export function runTableHead({ palette }: Look): string[] {
  const row = cells('RUN', 'STARTED (UTC)', 'WHAT', 'TENANTS', 'FAILED', 'LEAVES');
  return [palette.strong(row)];
}

/** A run on one line. */
export function runTableRow(standing: RunStanding, { palette }: Look): string {
  const { record, summary, left } = standing;
  const row = cells(
    printable(record.id),
    minuteOf(record.startedAt),
    whatOf(record.request),
    formatCount(summary.total),
    formatCount(summary.counts.failed),
    formatCount(left),
  );
  return left > 0 ? palette.bad(row) : row;
}

function cells(
  run: string,
  started: string,
  what: string,
  tenants: string,
  failed: string,
  leaves: string,
): string {
  // A name that somebody gave is what the next command needs, and is not cut.
  return `${run.padEnd(WIDTHS.run)}  ${fitToWidth(started, WIDTHS.started)}  ${fitToWidth(what, WIDTHS.what)} ${tenants.padStart(WIDTHS.tenants)} ${failed.padStart(WIDTHS.failed)} ${leaves.padStart(WIDTHS.failed)}`;
}

/** `retry` is a narrower `migrate`. */
export function whatOf({ command, retryOf }: RunRequest): string {
  return command === 'migrate' && retryOf !== undefined ? 'retry' : command;
}

/** `2026-11-27 09:30` */
export function minuteOf(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

/** A run as JSON shows it, without its causes. */
export function shownRun({ record, state, summary, left, doneSince }: RunStanding) {
  const { id, startedAt, request } = record;
  const { status, finishedAt, stopped } = state;
  const { total, counts } = summary;
  return { id, startedAt, finishedAt, status, stopped, request, total, counts, left, doneSince };
}
