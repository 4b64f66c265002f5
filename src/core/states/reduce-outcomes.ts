import { foldDetails } from '../reduce/details/fold-details.ts';
import { reduceRun } from '../reduce/reduce-run.ts';
import type { StepRunStore } from '../step-ports.ts';
import type { ReduceOutcomesResult, StepExecution, StepRound } from '../wire/step-schemas.ts';
import { runSummary } from './run-summary.ts';
import { shortSummary } from './short-summary.ts';

export interface ReduceOutcomesEvent {
  readonly execution: StepExecution;
  readonly round: StepRound;
  readonly breakerTripped: boolean;
}

/**
 * Folds the outcomes of a round, and with it the run so far, each tenant with its last outcome. A failed
 * tenant is not an error here. Throws `ResultFileDamaged` rather than lose a tenant.
 */
export async function reduceOutcomes(
  { execution, round, breakerTripped }: ReduceOutcomesEvent,
  { store }: { readonly store: StepRunStore },
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
  return {
    round,
    breakerTripped,
    summary: shortSummary(summary, { runId, location: store.location(runId) }),
  };
}
