import type { RunEvent } from '../../core/events.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatDuration } from '../../core/wording/format-duration.ts';
import { paceWords } from '../../core/wording/pace-words.ts';

/** The lines after the summary of a run. They go to standard error, because the guide does not have them. */
export function trailerLines(
  { runId, summary, durationMs }: Extract<RunEvent, { type: 'run-finished' }>,
  notesWerePrinted: boolean,
): string[] {
  const lines: string[] = [];
  if (!notesWerePrinted) {
    for (const [code, tenants] of Object.entries(summary.notes)) {
      lines.push(`Note: ${code}: ${countOf(tenants, 'tenant')} (--verbose lists them)`);
    }
  }
  if (summary.rowsChanged !== undefined) {
    lines.push(`Backfills changed ${countOf(summary.rowsChanged, 'row')}.`);
  }
  if (summary.retried > 0) {
    lines.push(`Note: ${countOf(summary.retried, 'tenant')} needed more than one attempt.`);
  }
  // A small run is over before it knows.
  if (summary.pace !== undefined && summary.pace.why !== 'growing')
    lines.push(`Ended with ${paceWords(summary.pace)}.`);
  lines.push(`Run ${runId} took ${formatDuration(durationMs)}.`);
  return lines;
}
