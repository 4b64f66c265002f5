import { foldDetails } from '../reduce/details/fold-details.ts';
import { reduceRun } from '../reduce/reduce-run.ts';
import type { WaveStanding } from '../reduce/wave-standing.ts';
import { shortSummary } from '../run/short-summary.ts';
import type { ShortSummary, StepExecution, StepRound } from '../wire/step-data.ts';
import type { ReduceOutcomesResult } from '../wire/step-schemas.ts';
import { runSummary } from './run-summary.ts';
import type { StepRunStore } from './step-ports.ts';

export interface ReduceOutcomesEvent {
  readonly execution: StepExecution;
  readonly round: StepRound;
  readonly breakerTripped: boolean;
}

export interface ReduceOutcomesDependencies {
  readonly store: StepRunStore;
  /** Takes the figures of the run so far, and of each of its waves in order. Default: nobody does. */
  readonly publish?: (summary: ShortSummary, waves: readonly WaveStanding[]) => void;
}

/**
 * Folds the outcomes of a round, and with it the run so far, each tenant with its last outcome. A failed
 * tenant is not an error here. Throws `ResultFileDamaged` rather than lose a tenant.
 */
export async function reduceOutcomes(
  { execution, round, breakerTripped }: ReduceOutcomesEvent,
  { store, publish }: ReduceOutcomesDependencies,
): Promise<ReduceOutcomesResult> {
  const runId = execution.name;
  const run = await store.readRun(runId);
  const state = await store.readState(runId);
  const details = foldDetails();
  const {
    summary: ofRun,
    ofRound,
    waves,
    left,
  } = await reduceRun(store, runId, state.waves, round, details.add);
  // A plan leaves no tenants: a retry of it would have nothing to finish.
  if (run.request.command !== 'plan') await store.writeLeft(runId, left.ids());
  const reduced = await store.writeRoundSummary(runId, {
    round,
    ofRound,
    ofRun,
    waves,
    details: details.result(),
  });
  const { notRecorded } = state;
  const summary = runSummary(reduced, { run, notRecorded, isOver: false });
  await store.writeSummary(runId, summary);
  // They hold addresses and ciphertext, and are not read again.
  await store.deleteItems(runId, round);
  const short = shortSummary(summary, { runId, location: store.location(runId) });
  publish?.(short, reduced.waves.slice(0, round.wave));
  return { round, breakerTripped, summary: short };
}
