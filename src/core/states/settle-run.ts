import type { RunChangeFacts } from '../notify/run-change.ts';
import { isWholeFleet } from '../pool/is-whole-fleet.ts';
import { gatesOfWave } from '../rollout/gates-of-wave.ts';
import { heldMessage } from '../rollout/held-message.ts';
import { NEVER_HELD } from '../rollout/rollout.ts';
import { laterWave } from '../rollout/wave-facts.ts';
import type { RenderReport } from '../run/finished-run.ts';
import { shortSummary } from '../run/short-summary.ts';
import type { RunRecord, RunState } from '../run-store.ts';
import type {
  ShortSummary,
  StepDecision,
  StepExecution,
  StepGate,
  StepRound,
} from '../wire/step-data.ts';
import type { SettleRunResult } from '../wire/step-schemas.ts';
import { beginGate } from './begin-gate.ts';
import { failedMessage, migrationsFailed } from './migrations-failed.ts';
import { nextRound } from './next-round.ts';
import { runSummary } from './run-summary.ts';
import type { Executions, SendNotification, StepRunStore } from './step-ports.ts';
import { tellState } from './tell-state.ts';

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
  readonly notify: SendNotification;
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
  { store, executions, renderReport, notify, now }: SettleRunDependencies,
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
  const rollout = await store.readRollout(runId);

  const missed = withMissed(before.notRecorded, round, notRecorded);
  const summaryAt = (isOver: boolean) =>
    runSummary(reduced, { run, notRecorded: missed, rollout, isOver });
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
  await store.writeReport(runId, renderReport(summary, { record, state, rollout, details }));
  // Last, so that a run that is marked as over has all its files.
  await store.writeState(runId, state);
  const change = changeAfter(decision, round, before.waves, short);
  if (change !== undefined) {
    // Of the decision, so that a redrive that only finds it again tells the same.
    const moment = { ...round, redriveCount: lost?.redriveCount ?? redriveCount };
    if (decision.decision === 'FAIL') await store.markEnd(runId, redriveCount, 'state');
    await tellState(execution, run.request, change, moment, { notify, now });
  }
  switch (decision.decision) {
    case 'FAIL':
      throw migrationsFailed(decision.message);
    case 'DONE':
      return {
        ...{ decision: 'DONE', round, summary: short(isOver, undefined) },
        ...(isWholeFleet(run.request) && { migratesPool: true }),
      };
    case 'RUN': {
      const following = { round: decision.round, summary: short(isOver, undefined) };
      const gate = await holdNextWave({ execution, round, next: decision.round }, before.waves);
      return gate === undefined
        ? { decision: 'RUN', ...following }
        : { decision: 'HOLD', ...following, gate };
    }
  }

  /** The gates of the next wave, if it has any; a further round of a wave has none. */
  async function holdNextWave(
    step: {
      readonly execution: StepExecution;
      readonly round: StepRound;
      readonly next: StepRound;
    },
    waves: RunState['waves'],
  ): Promise<StepGate | undefined> {
    const { wave, round: number } = step.next;
    if (wave === step.round.wave || number > 1) return undefined;
    const gates = gatesOfWave(run.request, laterWave(wave, waves));
    if (gates === undefined) return undefined;
    const gate = beginGate(gates, { wave, after: step.round }, now());
    if (gate.next === 'bake') await tellBake(gate, waves);
    return gate;
  }

  async function tellBake(gate: StepGate, waves: RunState['waves']): Promise<void> {
    const { wave, since, needsApproval, bakeMs } = gate;
    const until = new Date(Date.parse(since) + bakeMs).toISOString();
    const message = heldMessage('bake', wave, run.request);
    const held = { wave, gate: 'bake', message, since, until, needsApproval } as const;
    await store.writeRollout(runId, { ...(rollout ?? NEVER_HELD), held });
    const listed = waves.filter(({ late }) => late !== true).length;
    const facts = { change: 'baking', wave: wave - 1, waves: listed, until } as const;
    await tellState(execution, run.request, facts, { wave, redriveCount }, { notify, now });
  }
}

/** The change of the run's standing that a decision is; undefined if the run goes on in the same wave. */
function changeAfter(
  decision: StepDecision,
  { wave }: StepRound,
  waves: RunState['waves'],
  short: (isOver: boolean, stopped: RunState['stopped']) => ShortSummary,
): RunChangeFacts | undefined {
  if (decision.decision === 'DONE') return { change: 'done', summary: short(true, undefined) };
  if (decision.decision === 'FAIL') {
    const { stopped } = decision;
    const nextStep = FIX_AND_REDRIVE;
    return { change: 'failed', summary: short(true, stopped), reason: stopped?.message, nextStep };
  }
  const listed = waves.filter(({ late }) => late !== true);
  if (decision.round.members === 'left') {
    return { change: 'resumed', wave: Math.min(wave, listed.length) };
  }
  const done = listed[wave - 1];
  if (decision.round.wave === wave || listed.length < 2 || done === undefined) return undefined;
  const summary = short(false, undefined);
  return { change: 'wave-done', wave, waves: listed.length, canary: done.canary, summary };
}

const FIX_AND_REDRIVE =
  'Fix the causes; if a migration is at fault, correct it and deploy. Then press Redrive in the console: only tenants that failed or were not reached run again.';

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
