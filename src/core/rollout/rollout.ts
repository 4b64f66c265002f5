import type { OwnNote } from '../outcome.ts';

/** The gates before a wave, in their order. An open gate is passed at once. */
export type GateName = 'bake' | 'watch' | 'window' | 'approval';

/** A wave that is held. */
export interface HeldWave {
  /** From 1. */
  readonly wave: number;
  readonly gate: GateName;
  /** Why, in a sentence. */
  readonly message: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** When the bake ends, the window opens or the wait for an approval is over. ISO 8601, UTC. */
  readonly until?: string | undefined;
  /** Whether somebody has yet to approve the wave, now or later. */
  readonly needsApproval: boolean;
  /** When the process that waits was last alive; only of a run in one process. ISO 8601, UTC. */
  readonly seenAt?: string | undefined;
}

/** The end of a wait for an approval. */
export interface ApprovalDecision {
  readonly wave: number;
  readonly verdict: 'approved' | 'rejected' | 'expired';
  /** A user and machine, or an identity of AWS. Absent if nobody decided. */
  readonly by?: string | undefined;
  /** In the words of that person. */
  readonly why?: string | undefined;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** How a run was held between its waves, for its record. */
export interface Rollout {
  /** The wave that waits now, or at which the run ended. */
  readonly held?: HeldWave | undefined;
  /** In the order in which they were made. */
  readonly decisions: readonly ApprovalDecision[];
  /** Warnings about what was watched before a wave began; only of a run on AWS: one process prints them. */
  readonly notes?: readonly { readonly wave: number; readonly note: OwnNote }[] | undefined;
}

/** A run that was never held. */
export const NEVER_HELD: Rollout = { decisions: [] };

/** The store of the records of how runs were held. */
export interface RolloutStore {
  /** Replaces it. */
  writeRollout(runId: string, rollout: Rollout): Promise<void>;
  /** `undefined` if the run was never held. */
  readRollout(runId: string): Promise<Rollout | undefined>;
}

/** Decisions that one process makes and another one waits for. */
export interface ApprovalStore {
  /** Keeps the first decision about a wave, and returns the one that is kept. */
  decideApproval(runId: string, decision: ApprovalDecision): Promise<ApprovalDecision>;
  /** `undefined` as long as nobody has decided. */
  readApproval(runId: string, wave: number): Promise<ApprovalDecision | undefined>;
}

/** Whether what a request watches is well. */
export type WatchVerdict =
  | { readonly isWell: true }
  /** `message` is a whole sentence that names what is wrong. */
  | { readonly isWell: false; readonly message: string };
