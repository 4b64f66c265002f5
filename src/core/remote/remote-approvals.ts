import type { ApprovalDecision } from '../rollout/rollout.ts';

/** Decisions about runs of a deployed stack that wait. */
export interface RemoteApprovals {
  /** The identity that makes the calls, as AWS names it. */
  caller(): Promise<string>;
  /**
   * Sends a decision to Step Functions, which takes one. Throws `ApprovalOver` (`usage`) if the state does
   * not wait any more, and the errors of AWS (`configuration`).
   */
  send(token: string, decision: ApprovalDecision): Promise<void>;
}
