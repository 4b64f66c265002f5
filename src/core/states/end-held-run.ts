import type { FanfoldError } from '../errors.ts';
import type { RunStop } from '../events.ts';
import { heldMessage } from '../rollout/held-message.ts';
import type { GateName, Rollout } from '../rollout/rollout.ts';
import type { RenderReport } from '../run/finished-run.ts';
import { shortSummary } from '../run/short-summary.ts';
import type { RunRecord, RunState } from '../run-store.ts';
import type { StepExecution, StepGate } from '../wire/step-data.ts';
import { stateIfListed } from './held-state.ts';
import { failedMessage, migrationsFailed } from './migrations-failed.ts';
import { runSummary } from './run-summary.ts';
import type { SendNotification, StepRunStore } from './step-ports.ts';
import { tellState } from './tell-state.ts';

export interface EndHeldRunDependencies {
  readonly store: StepRunStore;
  readonly renderReport: RenderReport;
  readonly notify: SendNotification;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A run that ends at a gate. */
export interface HeldEnd {
  readonly execution: StepExecution;
  readonly run: RunRecord;
  readonly gate: StepGate;
  readonly rollout: Rollout;
  readonly by: GateName;
  readonly stop: RunStop;
  readonly redriveCount: number;
}

/**
 * Writes the results of a run that ends at a gate, its tenants that were not reached included, and returns the
 * error to throw. A run whose first wave is held has listed nobody, and has no results.
 */
export async function endHeldRun(
  { execution, run, gate, rollout, by, stop, redriveCount }: HeldEnd,
  { store, renderReport, notify, now }: EndHeldRunDependencies,
): Promise<FanfoldError> {
  const { id: runId, request } = run;
  const { wave, since, needsApproval, after } = gate;
  const message = heldMessage(by, wave, request);
  await store.writeRollout(runId, {
    ...rollout,
    held: { wave, gate: by, message, since, needsApproval },
  });
  const before = await stateIfListed(store, runId);
  if (before === undefined || after === undefined) {
    return migrationsFailed(`Run ${runId}: ${stop.message} No tenant was touched.`);
  }
  const { waves, wavesEntered, notRecorded, status, finishedAt } = before;
  const reduced = await store.readRoundSummary(runId, after);
  const summary = runSummary(reduced, { run, notRecorded, rollout, isOver: true });
  const state: RunState = {
    status: 'failed',
    waves,
    wavesEntered,
    ...(notRecorded !== undefined && { notRecorded }),
    stopped: stop,
    finishedAt:
      status === 'failed' && finishedAt !== undefined ? finishedAt : new Date(now()).toISOString(),
  };
  const record: RunRecord = { ...run, bundleHash: (await store.readBundle(runId))?.hash };
  await store.writeSummary(runId, summary);
  const { details } = reduced;
  await store.writeReport(runId, renderReport(summary, { record, state, rollout, details }));
  // Last, so that a run that is marked as over has all its files.
  await store.writeState(runId, state);
  const short = shortSummary(summary, { runId, location: store.location(runId), stopped: stop });
  const decision = rollout.decisions.at(-1);
  const listed = waves.filter(({ late }) => late !== true).length;
  const facts = { reason: stop.message, summary: short, nextStep: wayOut(runId) };
  await store.markEnd(runId, redriveCount, 'state');
  await tellState(
    execution,
    request,
    stop.reason === 'rejected'
      ? { change: 'rejected', by: decision?.by, ...facts }
      : stop.reason === 'halted'
        ? { change: 'held', wave: wave - 1, waves: listed, ...facts }
        : { change: 'failed', ...facts },
    { redriveCount, wave, occurrence: rollout.decisions.length },
    { notify, now },
  );
  return migrationsFailed(failedMessage(short));
}

/** The two ways out of a run that ended at a gate, for the console. */
export function wayOut(runId: string): string {
  return `Press Redrive to ask once more, or roll back what the run did: start an execution with {"command": "rollback", "run": "${runId}"}.`;
}
