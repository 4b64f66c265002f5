import { FanfoldError } from '../errors.ts';
import type { ApprovalDecision, HeldWave, Rollout } from './rollout.ts';

/** A run that somebody wants to decide about. */
export interface WaitingRun {
  readonly runId: string;
  readonly rollout: Rollout | undefined;
  /** Whether the run has ended. */
  readonly isOver: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The command that retries it. */
  readonly retry: string;
}

/**
 * A waiting process updates the record more often than that; after this time, no process is left to read a
 * decision.
 */
const DEAD_AFTER_MS = 60_000;

/**
 * The wave of a run that waits for an approval. Throws `RunNotWaiting` if none does, and `ApprovalOver` if
 * the time is up; both name the next step.
 */
export function checkWaiting({ runId, rollout, isOver, now, retry }: WaitingRun): HeldWave {
  const { held } = rollout ?? {};
  const refuse = (message: string, nextStep: string) =>
    new FanfoldError('RunNotWaiting', message, { fault: 'usage', nextStep });
  if (isOver) {
    throw refuse(
      `Run ${runId} does not wait for an approval: it has ended.${lastDecision(rollout)}`,
      `Retry the tenants that were not reached: ${retry}`,
    );
  }
  if (held?.gate !== 'approval') {
    const reason = held === undefined ? 'no wave of it is held' : held.message;
    throw refuse(
      `Run ${runId} does not wait for an approval: ${reason.replace(/\.$/, '')}.${lastDecision(rollout)}`,
      'Wait until it asks for one, or let it go on.',
    );
  }
  if (held.until !== undefined && now >= Date.parse(held.until)) {
    throw approvalOver(
      `Wave ${held.wave} of run ${runId} could be approved until ${held.until}.`,
      `The run ends by itself. Retry the tenants that were not reached: ${retry}`,
    );
  }
  if (held.seenAt !== undefined && now - Date.parse(held.seenAt) > DEAD_AFTER_MS) {
    throw refuse(
      `The process of run ${runId} was last seen at ${held.seenAt}: it was killed while wave ${held.wave} waited for an approval.`,
      `Retry the tenants that were not reached, which asks for the approval again: ${retry}`,
    );
  }
  return held;
}

/** Somebody else was faster. */
export function decidedBefore(runId: string, { wave, ...kept }: ApprovalDecision): FanfoldError {
  return approvalOver(
    `Wave ${wave} of run ${runId} was ${decisionText(kept)} already.`,
    'A decision is made once. To change your mind, stop the run.',
  );
}

function approvalOver(message: string, nextStep: string): FanfoldError {
  return new FanfoldError('ApprovalOver', message, { fault: 'usage', nextStep });
}

function lastDecision(rollout: Rollout | undefined): string {
  const last = rollout?.decisions.at(-1);
  return last === undefined ? '' : ` Wave ${last.wave} was ${decisionText(last)}.`;
}

/** `approved by ada@build-1 at 2026-11-30T10:00:00.000Z`. */
export function decisionText({ verdict, by, at }: Omit<ApprovalDecision, 'wave'>): string {
  if (verdict === 'expired') return `given up at ${at}, because nobody had decided`;
  return `${verdict} by ${by ?? 'somebody'} at ${at}`;
}
