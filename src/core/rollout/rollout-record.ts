import {
  type ApprovalDecision,
  type HeldWave,
  NEVER_HELD,
  type Rollout,
  type RolloutStore,
} from './rollout.ts';

/** Records how one run is held, as it happens. */
export interface RolloutRecord {
  hold(held: HeldWave): Promise<void>;
  decide(decision: ApprovalDecision): Promise<void>;
  /** The wave begins. */
  open(): Promise<void>;
  /** The record so far. */
  readonly now: Rollout;
}

/** The record of a run in one process, which is the only one that writes it. */
export function createRolloutRecord(store: RolloutStore, runId: string): RolloutRecord {
  let now = NEVER_HELD;
  const write = async (next: Rollout) => {
    now = next;
    await store.writeRollout(runId, now);
  };
  return {
    hold: (held) => write({ ...now, held }),
    decide: (decision) => write({ ...now, decisions: [...now.decisions, decision] }),
    async open() {
      if (now.held !== undefined) await write({ decisions: now.decisions });
    },
    get now() {
      return now;
    },
  };
}
