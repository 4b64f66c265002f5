import { APPROVAL_HOURS } from '../rollout/check-rollout.ts';
import { nextGate } from '../rollout/next-gate.ts';
import { nextStart } from '../rollout/next-start.ts';
import { type ApprovalDecision, NEVER_HELD, type Rollout } from '../rollout/rollout.ts';
import { halted, neverOpens, stopOfDecision } from '../rollout/rollout-stop.ts';
import type { StepGate } from '../wire/step-data.ts';
import type { PassGatesEvent, PassGatesResult } from '../wire/step-schemas.ts';
import { waitUntil } from './begin-gate.ts';
import { decisionOfGate } from './decision-of-gate.ts';
import { afterDigests, soonMsOf, withCurrentDigests, withQuietNote } from './digests-of-gate.ts';
import { type EndHeldRunDependencies, endHeldRun } from './end-held-run.ts';
import { heldBy, keepRunning } from './held-state.ts';
import type { Alarms, Executions } from './step-ports.ts';
import { tellState } from './tell-state.ts';

export interface PassGatesDependencies extends EndHeldRunDependencies {
  readonly executions: Pick<Executions, 'redriveCount'>;
  readonly alarms: Pick<Alarms, 'look'>;
}

/**
 * Asks the alarms, and decides what a held wave waits for next, or that it begins. Throws
 * `TenantMigrationsFailed` if an alarm says no, somebody has rejected the wave, nobody has approved it in
 * time, or no window opens while the run may last: a redrive of the execution enters this state again, which
 * then asks once more.
 */
export async function passGates(
  { execution, round, gate: before, limitSeconds }: Omit<PassGatesEvent, 'step'>,
  dependencies: PassGatesDependencies,
): Promise<PassGatesResult> {
  const { store, executions, alarms, now } = dependencies;
  const runId = execution.name;
  const redriveCount = Math.max(
    execution.redriveCount,
    await executions.redriveCount(execution.arn),
  );
  const run = await store.readRun(runId);
  const { request } = run;
  const at = now();
  const decision = decisionOfGate(before, redriveCount, at);
  const rollout = withDecision((await store.readRollout(runId)) ?? NEVER_HELD, decision);
  const gate: StepGate = {
    ...withCurrentDigests(before, redriveCount, at),
    approved: null,
    refused: undefined,
    needsApproval: before.needsApproval && decision?.verdict !== 'approved',
  };
  const end = (stop: ReturnType<typeof halted>, by: 'watch' | 'window' | 'approval') =>
    endHeldRun({ execution, run, gate, rollout, by, stop, redriveCount }, dependencies);

  const refused = decision && stopOfDecision(decision);
  if (refused !== undefined) throw await end(refused, 'approval');
  if (gate.isWatched) {
    const verdict = await alarms.look(request.watch?.alarms ?? []);
    if (!verdict.isWell) throw await end(halted(verdict.message), 'watch');
    const { digests } = gate;
    if (digests?.isWell === false) throw await end(halted(digests.message), 'watch');
  }
  const { bakeMs, isWatched, needsApproval } = gate;
  const gates = nextGate({
    now: at,
    bakedAt: bakeMs > 0 ? Date.parse(gate.since) + bakeMs : undefined,
    bakeMs,
    isWatched,
    soonMs: soonMsOf(gate),
    startsAt: gate.hasTimes ? nextStart(request, at) : at,
    needsApproval,
  });
  const next = afterDigests(gates, gate, at);
  // A redriven execution has its whole time once more.
  const from = redriveCount > 0 ? at : Date.parse(execution.startedAt);
  const isTooLate = (until: number) =>
    limitSeconds !== undefined && until >= from + limitSeconds * 1_000;
  if (next.gate === 'never' || (next.gate === 'window' && isTooLate(next.until))) {
    throw await end(neverOpens(gate.wave), 'window');
  }
  await keepRunning(store, runId);
  const record = next.gate === 'open' ? withQuietNote(rollout, gate) : rollout;
  await store.writeRollout(runId, { ...record, held: heldBy(next, gate, request, rollout.held) });

  const place = { wave: gate.wave - 1, waves: request.waves.length + 1 };
  const moment = { redriveCount, wave: gate.wave, occurrence: rollout.decisions.length };
  if (decision !== undefined) {
    const { why: reason, by } = decision;
    await tellState(
      execution,
      request,
      { change: 'resumed', ...place, reason, by },
      moment,
      dependencies,
    );
  }
  switch (next.gate) {
    case 'bake':
      return { round, gate: waitUntil(gate, 'bake', next.lookAt, at) };
    case 'window': {
      // It is told when the wait begins, and not at each look.
      if (rollout.held?.gate !== 'window') {
        const until = new Date(next.until).toISOString();
        const reason = `Waves of it begin only in its windows (${request.timeZone ?? 'UTC'}).`;
        const facts = { change: 'waiting-for-window', ...place, until, reason } as const;
        await tellState(execution, request, facts, moment, dependencies);
      }
      return { round, gate: waitUntil(gate, 'window', next.until, at) };
    }
    case 'approval': {
      const until = at + (request.approvalHours ?? APPROVAL_HOURS) * 3_600_000;
      return { round, gate: waitUntil(gate, 'approval', until, at) };
    }
    case 'open':
      return { round, gate: { ...gate, next: 'open' } };
  }
}

/** A decision is kept once, however often the state is invoked with it. */
function withDecision(rollout: Rollout, decision: ApprovalDecision | undefined): Rollout {
  if (decision === undefined) return rollout;
  const { wave, verdict, by, why } = decision;
  const last = rollout.decisions.at(-1);
  const isKept =
    last?.wave === wave && last.verdict === verdict && last.by === by && last.why === why;
  return isKept ? rollout : { ...rollout, decisions: [...rollout.decisions, decision] };
}
