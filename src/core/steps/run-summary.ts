import type { Note } from '../outcome.ts';
import type { RunRecord, RunState } from '../ports.ts';
import { addNote } from '../reduce/add-outcome.ts';
import type { Summary } from '../reduce/summary.ts';
import { notRecorded, REACHED_NOT_RECORDED } from '../run/reached-recorder.ts';
import type { RoundSummary } from '../step-ports.ts';

export interface RunSummaryFacts {
  readonly run: Pick<RunRecord, 'notes'>;
  readonly notRecorded: RunState['notRecorded'];
  /** Whether no wave follows: what was not entered then counts as skipped. */
  readonly isOver: boolean;
}

/** What is known after a round; of the round only which wave was entered last. */
export interface RunSoFar extends Pick<RoundSummary, 'ofRun' | 'waves'> {
  readonly round: Pick<RoundSummary['round'], 'wave'>;
}

/**
 * The summary of a run after a round. A tenant of an entered wave of which nothing was heard is
 * unknown, never taken for done.
 */
export function runSummary(
  { round, ofRun, waves }: RunSoFar,
  { run, notRecorded: missed = {}, isOver }: RunSummaryFacts,
): Summary {
  const unreported = (from: number, to?: number) =>
    waves.slice(from, to).reduce((sum, { size, reported }) => sum + size - reported, 0);
  const { unknown, skipped } = ofRun.counts;
  const counts = {
    ...ofRun.counts,
    unknown: unknown + unreported(0, round.wave),
    skipped: skipped + (isOver ? unreported(round.wave) : 0),
  };
  const rounds = Object.values(missed);
  const count = rounds.reduce<number>((sum, tenants) => sum + (tenants ?? 0), 0);
  const notes: readonly Note[] = [
    ...(run.notes ?? []),
    // Of these nobody knows how many they are.
    ...(rounds.includes(null) ? [notRecorded()] : []),
  ];
  const summary: Summary = { ...ofRun, counts, ...(notes.length > 0 && { runNotes: notes }) };
  return count === 0 ? summary : addNote(summary, REACHED_NOT_RECORDED, count);
}
