import type { RunState, Wave } from '../run-store.ts';
import type { Rollout } from './rollout.ts';

/** The facts about a wave that decide how it is held. */
export interface WaveFacts {
  /** From 1. */
  readonly number: number;
  /** Whether it holds the tenants that became `ACTIVE` while the run was under way. */
  readonly isLate: boolean;
  readonly followsCanary: boolean;
  /** For the first wave of a retry: whether the earlier run was held when it ended. */
  readonly wasHeld: boolean;
  /** For the same wave: whether somebody had yet to approve it. */
  readonly wasUnapproved: boolean;
}

/** The facts about the first wave of a run. `earlier` is what is known of the run that it retries. */
export function firstWave(earlier: Rollout | undefined): WaveFacts {
  return {
    number: 1,
    isLate: false,
    followsCanary: false,
    wasHeld: earlier?.held !== undefined,
    wasUnapproved: earlier?.held?.needsApproval === true,
  };
}

/** The facts about a later wave; `waves` may lack a late one. */
export function laterWave(number: number, waves: RunState['waves']): WaveFacts {
  const wave: Wave | undefined = waves[number - 1];
  return {
    number,
    isLate: wave === undefined || wave.late === true,
    followsCanary: waves[number - 2]?.canary === true,
    wasHeld: false,
    wasUnapproved: false,
  };
}
