import type { Outcome, SkippedOutcome } from '../outcome.ts';
import type { Tenant } from '../tenant.ts';

/** Where a tenant stands in a run's lists. */
export interface RoundMember {
  readonly id: string;
  readonly wave: number;
  readonly position: number;
  /** What became of it before, where that is known. */
  readonly before?: Outcome | undefined;
}

/** A tenant whose turn has come, as the central database has it now. */
export interface Candidate extends RoundMember {
  readonly tenant: Tenant;
}

/** A member of a round that is not attempted, because it is gone or no longer `ACTIVE`. */
export interface PassedOver extends Pick<RoundMember, 'before'> {
  readonly skipped: SkippedOutcome;
}
