import { formatCount } from '../../core/wording/format-count.ts';
import { formatDuration } from '../../core/wording/format-duration.ts';

/** Formats the duration of one tenant or migration: `340 ms`, `2.4 s`, `3 min 05 s`. */
export function formatElapsed(milliseconds: number): string {
  return milliseconds < 999.5
    ? `${formatCount(Math.max(0, milliseconds))} ms`
    : formatDuration(milliseconds);
}
