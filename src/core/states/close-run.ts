import { foldDetails } from '../reduce/details/fold-details.ts';
import { reduceRun } from '../reduce/reduce-run.ts';
import type { RenderReport } from '../run/finished-run.ts';
import { shortSummary } from '../run/short-summary.ts';
import type { RunRecord, RunState } from '../run-store.ts';
import type { StepExecution } from '../wire/step-data.ts';
import type { CloseRunResult } from '../wire/step-schemas.ts';
import { runSummary } from './run-summary.ts';
import type { SendNotification, StepRunStore } from './step-ports.ts';
import { tellState } from './tell-state.ts';

export interface CloseRunDependencies {
  readonly store: StepRunStore;
  readonly renderReport: RenderReport;
  readonly notify: SendNotification;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const STOPPED = { reason: 'interrupted', message: 'The run was stopped.' } as const;

/**
 * Writes the results of a run whose execution was stopped: it never reaches ReduceOutcomes and
 * SettleRun. Called from outside of the machine once the execution has ended, any number of times;
 * each call writes the current results. Throws `RunUnknown`, and `RunNotListed` if no tenant was touched.
 *
 * The summary of the round is not written, because the first one is kept, and the items stay: the
 * execution may be redriven, and its round resumed.
 */
export async function closeRun(
  { execution }: { readonly execution: StepExecution },
  { store, renderReport, notify, now }: CloseRunDependencies,
): Promise<CloseRunResult> {
  const runId = execution.name;
  const run = await store.readRun(runId);
  const { waves, wavesEntered, notRecorded } = await store.readState(runId);
  const seen = foldDetails();
  const {
    summary: ofRun,
    waves: standings,
    left,
  } = await reduceRun(store, runId, waves, undefined, seen.add);
  // A plan leaves no tenants: a retry of it would have nothing to finish.
  if (run.request.command !== 'plan') await store.writeLeft(runId, left.ids());
  const rollout = await store.readRollout(runId);
  const summary = runSummary(
    { round: { wave: wavesEntered }, ofRun, waves: standings },
    { run, notRecorded, rollout, isOver: true },
  );
  const state: RunState = {
    status: 'interrupted',
    waves,
    wavesEntered,
    ...(notRecorded !== undefined && { notRecorded }),
    stopped: STOPPED,
    finishedAt: new Date(now()).toISOString(),
  };
  const record: RunRecord = { ...run, bundleHash: (await store.readBundle(runId))?.hash };
  await store.writeSummary(runId, summary);
  const details = seen.result();
  await store.writeReport(runId, renderReport(summary, { record, state, rollout, details }));
  // Last, so that a run that is marked as over has all its files.
  await store.writeState(runId, state);
  const location = store.location(runId);
  const short = shortSummary(summary, { runId, location, stopped: STOPPED });
  const { redriveCount } = execution;
  // The event of Step Functions may have come first.
  if ((await store.markEnd(runId, redriveCount, 'closing')) === 'event') return { summary: short };
  await tellState(
    execution,
    run.request,
    { change: 'stopped', summary: short, reason: STOPPED.message },
    { redriveCount, wave: wavesEntered },
    { notify, now },
  );
  return { summary: short };
}
