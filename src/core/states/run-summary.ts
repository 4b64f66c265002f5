import type { Note } from '../outcome.ts';
import { addNote } from '../reduce/add-outcome.ts';
import type { Summary } from '../reduce/summary.ts';
import type { Rollout } from '../rollout/rollout.ts';
import { notRecorded, REACHED_NOT_RECORDED } from '../run/reached.ts';
import type { RunRecord, RunState } from '../run-store.ts';
import type { RoundSummary } from './step-ports.ts';

export interface RunSummaryFacts {
  readonly run: Pick<RunRecord, 'notes'>;
  readonly notRecorded: RunState['notRecorded'];
  /** How the run was held; absent if it never was. */
  readonly rollout?: Rollout | undefined;
  /** Whether no wave follows: tenants of waves that were not entered then count as skipped. */
  readonly isOver: boolean;
}

/** The facts after a round; of the round itself only the wave that was entered last. */
export interface RunSoFar extends Pick<RoundSummary, 'ofRun' | 'waves'> {
  readonly round: Pick<RoundSummary['round'], 'wave'>;
}

/**
 * The summary of a run after a round. A tenant of an entered wave that never reported is
 * unknown, never assumed to be done.
 */
export function runSummary(
  { round, ofRun, waves }: RunSoFar,
  { run, notRecorded: missed = {}, rollout, isOver }: RunSummaryFacts,
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
    ...(rollout?.notes ?? []).map(({ note }) => note),
    // The number of these is unknown.
    ...(rounds.includes(null) ? [notRecorded()] : []),
  ];
  const summary: Summary = { ...ofRun, counts, ...(notes.length > 0 && { runNotes: notes }) };
  return count === 0 ? summary : addNote(summary, REACHED_NOT_RECORDED, count);
}
