import type { Outcome, SkippedOutcome, UnchangedOutcome } from '../outcome.ts';
import type { Tenant } from '../tenant.ts';

/** The place of a tenant in a run's lists. */
export interface RoundMember {
  readonly id: string;
  readonly wave: number;
  readonly position: number;
  /** Its last outcome, if it has one. */
  readonly before?: Outcome | undefined;
}

/** The next tenant, as the central database has it now. */
export interface Candidate extends RoundMember {
  readonly tenant: Tenant;
}

/**
 * A member of a round that is not attempted, because it is gone or no longer `ACTIVE`, or because its recorded
 * version is trusted.
 */
export interface PassedOver extends Pick<RoundMember, 'before'> {
  readonly skipped: SkippedOutcome | UnchangedOutcome;
}
