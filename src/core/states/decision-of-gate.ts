import type { ApprovalDecision } from '../rollout/rollout.ts';
import { ROLLOUT_REJECTED } from '../wire/error-names.ts';
import type { StepGate } from '../wire/step-data.ts';

/** Words beyond this belong into a ticket. */
const LONGEST_WORDS = 1_000;

/**
 * The decision about a wave: the output or the error with which AwaitApproval has ended.
 * `undefined` if there is none, or if the execution was redriven since: then the question is open again.
 * A caller with the right may send any JSON, so that nothing in it is taken for granted.
 *
 * @param now milliseconds since 1970
 */
export function decisionOfGate(
  { wave, approved, refused, until }: StepGate,
  redriveCount: number,
  now: number,
): ApprovalDecision | undefined {
  const at = new Date(now).toISOString();
  if (approved !== null && approved !== undefined) {
    return { at, ...saidIn(approved), wave, verdict: 'approved' };
  }
  if (refused === undefined || refused.redriveCount < redriveCount) return undefined;
  if (refused.error !== ROLLOUT_REJECTED) return { at: until, wave, verdict: 'expired' };
  const said = saidIn(parsed(refused.cause));
  return { at, ...said, wave, verdict: 'rejected' };
}

function saidIn(value: unknown): Pick<ApprovalDecision, 'by' | 'why'> & { readonly at?: string } {
  if (typeof value === 'string') return { why: value.slice(0, LONGEST_WORDS) };
  const { by, why, at } = (value ?? {}) as Record<'by' | 'why' | 'at', unknown>;
  return {
    ...(typeof by === 'string' && { by: by.slice(0, LONGEST_WORDS) }),
    ...(typeof why === 'string' && { why: why.slice(0, LONGEST_WORDS) }),
    ...(typeof at === 'string' && !Number.isNaN(Date.parse(at)) && { at }),
  };
}

/** A cause that was typed by hand is a reason in words. */
function parsed(cause: string): unknown {
  try {
    return JSON.parse(cause);
  } catch {
    return cause;
  }
}
