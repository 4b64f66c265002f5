import type { FleetBackfills } from '../../core/status/fleet-status.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatDuration } from '../../core/wording/format-duration.ts';
import { cutToWidth } from './cut-to-width.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { progressWords } from './progress-words.ts';
import type { RunningBoard, RunningTenant } from './running-board.ts';
import { wrapText } from './wrap-text.ts';

/** Tenants that have run for longer are named. */
export const LONG_MS = 5_000;
const MOST_NAMED = 3;
/** Lines about the session that blocks one tenant. */
const MOST_WAITING = 3;
const INDENT = '    ';

/**
 * The tenants that have run longest, for under the progress line: age, progress of the statement, and the
 * statement; in a second line the session that blocks it. Never wider than the terminal.
 */
export function runningLines(board: RunningBoard, look: Look): string[] {
  // One column stays free, because some terminals wrap when the last one is written.
  const width = Math.min(look.width, 200) - 1;
  const running = board
    .longest(MOST_NAMED)
    .filter(({ ageMs }) => ageMs >= LONG_MS)
    .flatMap((running) => linesOf(running, width));
  return [...backfillLines(board), ...running].map((line) =>
    look.palette.faint(cutToWidth(line, width)),
  );
}

/** `  3 backfills: 1,200 of about 5,000 rows, 240/s, 16 s left`, if there are several. */
function backfillLines({ backfills }: RunningBoard): string[] {
  return backfills.running < 2 ? [] : [fleetBackfillsLine(backfills)];
}

/** The sum of the backfills that run, in one line. */
export function fleetBackfillsLine({ running, ...rows }: Omit<FleetBackfills, 'tenants'>): string {
  const words = progressWords({ migration: '', rowsChanged: 0, ...rows });
  // One runs in a tenant at a time.
  return `  ${countOf(running, 'backfill')}: ${words}`;
}

function linesOf(
  { tenant, ageMs, againInMs, session, progress }: RunningTenant,
  width: number,
): string[] {
  const age = `  ${printable(tenant.slug)}  ${formatDuration(ageMs)}`;
  if (againInMs !== undefined) return [`${age}  next attempt in ${formatDuration(againInMs)}`];
  // While a program copies, the migration's own session is idle; a statement there is a later one.
  const isOver = progress !== undefined && 'program' in progress && session?.statement;
  if (progress !== undefined && !isOver) return [`${age}  ${printable(progressWords(progress))}`];
  if (session === undefined) return [age];
  const { statement, percentage, blockedBy } = session;
  const share = percentage === undefined ? '' : `  ${Math.floor(percentage)}%`;
  const lines = [`${age}${share}  ${printable(statement ?? 'between two statements')}`];
  if (blockedBy === undefined) return lines;
  const waits = wrapText(waitingFor(blockedBy), width, INDENT);
  const [last, ...more] = waits.slice(MOST_WAITING - 1);
  if (last !== undefined && more.length > 0)
    waits.splice(MOST_WAITING - 1, waits.length, `${last}…`);
  return [...lines, ...waits];
}

function waitingFor(blockedBy: string): string {
  return blockedBy === ''
    ? `${INDENT}waits for a lock; the server does not show its holder`
    : `${INDENT}waits for a lock. ${printable(blockedBy)}`;
}
