import type { RunRequest } from '../request.ts';
import { nextStart } from '../rollout/next-start.ts';

/** The part of a request that says when backfills may run. */
export type BackfillHours = Pick<RunRequest, 'backfillWindows' | 'timeZone'>;

/**
 * The moment from which the backfills of a request may run, if they may not now; both in milliseconds since 1970.
 * `Infinity` if their hours never come again.
 */
export function closedUntil(
  { backfillWindows, timeZone }: BackfillHours,
  at: number,
): number | undefined {
  if (backfillWindows === undefined) return undefined;
  const opens = nextStart({ windows: backfillWindows, timeZone }, at) ?? Number.POSITIVE_INFINITY;
  return opens > at ? opens : undefined;
}

/** The sentence about backfills that wait for their hours. */
export function closedMessage(until: number, { timeZone = 'UTC' }: BackfillHours): string {
  if (!Number.isFinite(until)) return 'Backfills wait for hours that do not come again.';
  return `Backfills wait for their hours, until ${new Date(until).toISOString()} (${timeZone}).`;
}
