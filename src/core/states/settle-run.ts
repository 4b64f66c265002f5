import type { RunRecord, RunState } from '../ports.ts';
import type { RenderReport } from '../run/finished-run.ts';
import type { Executions, StepRunStore } from '../step-ports.ts';
import type {
  SettleRunResult,
  StepDecision,
  StepExecution,
  StepRound,
} from '../wire/step-schemas.ts';
import { failedMessage, migrationsFailed } from './migrations-failed.ts';
import { nextRound } from './next-round.ts';
import { runSummary } from './run-summary.ts';
import { shortSummary } from './short-summary.ts';

export interface SettleRunEvent {
  readonly execution: StepExecution;
  readonly round: StepRound;
  readonly breakerTripped: boolean;
  /** Null if the central database could not be written at all. */
  readonly notRecorded: number | null;
}

export interface SettleRunDependencies {
  readonly store: StepRunStore;
  readonly executions: Pick<Executions, 'redriveCount'>;
  readonly renderReport: RenderReport;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Decides what follows a round, and writes the run's results so far. Throws `TenantMigrationsFailed`
 * if tenants failed or were not reached: a redrive of the execution enters this state again, which then runs them.
 *
 * A decision is kept under its round and redrive count: an invocation whose answer was lost
 * gives it once more.
 */
export async function settleRun(
  { execution, round, breakerTripped, notRecorded }: SettleRunEvent,
  { store, executions, renderReport, now }: SettleRunDependencies,
): Promise<SettleRunResult> {
  const runId = execution.name;
  // The first is from the moment at which the state was entered, the second is eventually consistent.
  const redriveCount = Math.max(
    execution.redriveCount,
    await executions.redriveCount(execution.arn),
  );
  const run = await store.readRun(runId);
  const bundle = await store.readBundle(runId);
  const before = await store.readState(runId);
  const reduced = await store.readRoundSummary(runId, round);
  const taken = await store.readDecisions(runId, round);

  const missed = withMissed(before.notRecorded, round, notRecorded);
  const summaryAt = (isOver: boolean) => runSummary(reduced, { run, notRecorded: missed, isOver });
  const short = (isOver: boolean, stopped: RunState['stopped']) =>
    shortSummary(summaryAt(isOver), { runId, location: store.location(runId), stopped });

  const decide = (): StepDecision => {
    const settled = nextRound({
      request: run.request,
      waves: before.waves,
      reduced,
      breakerTripped,
      resumed: taken.some(
        (one) => one.decision.decision === 'FAIL' && one.redriveCount < redriveCount,
      ),
    });
    if (settled.next === 'done') return { decision: 'DONE' };
    if (settled.next !== 'failed') return { decision: 'RUN', round: settled.next };
    const { stopped } = settled;
    return { decision: 'FAIL', message: failedMessage(short(true, stopped)), stopped };
  };
  // A round that is followed by another one is settled again only if the answer was lost.
  const lost = taken.find(({ decision }) => decision.decision !== 'FAIL');
  const decision =
    lost?.decision ?? (await store.decideOnce(runId, round, { redriveCount, decision: decide() }));

  const isOver = decision.decision !== 'RUN';
  const state = stateAfter(decision, before, missed, now);
  const summary = summaryAt(isOver);
  const record: RunRecord = { ...run, bundleHash: bundle?.hash };
  await store.writeSummary(runId, summary);
  const { details } = reduced;
  await store.writeReport(runId, renderReport(summary, { record, state, details }));
  // Last, so that a run that is marked as over has all its files.
  await store.writeState(runId, state);
  switch (decision.decision) {
    case 'FAIL':
      throw migrationsFailed(decision.message);
    case 'DONE':
      return { decision: 'DONE', round, summary: short(isOver, undefined) };
    case 'RUN':
      return { decision: 'RUN', round: decision.round, summary: short(isOver, undefined) };
  }
}

function withMissed(
  before: RunState['notRecorded'],
  { wave, round }: StepRound,
  notRecorded: number | null,
): RunState['notRecorded'] {
  const key = `${wave}-${round}`;
  if (notRecorded !== 0) return { ...before, [key]: notRecorded };
  return before;
}

function stateAfter(
  decision: StepDecision,
  { waves, wavesEntered, status, finishedAt }: RunState,
  missed: RunState['notRecorded'],
  now: () => number,
): RunState {
  const kept = { waves, wavesEntered, ...(missed !== undefined && { notRecorded: missed }) };
  if (decision.decision === 'RUN') return { status: 'running', ...kept };
  // A run that was stopped and closed has ended once more since it was redriven.
  const goesOn = status === 'running' || status === 'interrupted';
  const ended = goesOn ? undefined : finishedAt;
  return {
    status: decision.decision === 'DONE' ? 'succeeded' : 'failed',
    ...kept,
    ...(decision.decision === 'FAIL' &&
      decision.stopped !== undefined && { stopped: decision.stopped }),
    finishedAt: ended ?? new Date(now()).toISOString(),
  };
}
