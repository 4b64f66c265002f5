import type { Failure } from '../failure.ts';
import type { Note, OutcomeStatus } from '../outcome.ts';
import type { PaceStanding } from '../pace/pace.ts';
import type { TenantRef } from '../tenant.ts';

/** Equal failures, counted together; described by the one of the tenant with the smallest slug. */
export interface FailureGroup extends Failure {
  readonly count: number;
  /** Whether the messages differ, such as in the address that they name. */
  readonly varies?: boolean | undefined;
  /** The ten smallest by slug. */
  readonly tenants: readonly TenantRef[];
}

/** Tenants whose plans have the same migrations. */
export interface PlanGroup {
  /** Ids, without extension, in the order in which they would run or be rolled back. */
  readonly migrations: readonly string[];
  /** Further ones that the outcomes of the tenants leave out; absent if there are none. */
  readonly leftOut?: number | undefined;
  readonly count: number;
  /** The ten smallest by slug. */
  readonly tenants: readonly TenantRef[];
}

/** The fold of a plan. Its size does not grow with the fleet. */
export interface PlanSummary {
  /** Tenants for which something would run, or be rolled back. */
  readonly tenants: number;
  /** Tenants for which nothing would. */
  readonly upToDate: number;
  /** At most 100, by their migrations; `plansByCount` has them as they are shown. */
  readonly groups: readonly PlanGroup[];
  /** Tenants whose group found no room among the 100. */
  readonly otherTenants: number;
}

/** The fold of all outcomes of a run. Its size does not grow with the fleet. */
export interface Summary {
  /** Tenants listed, over all waves. */
  readonly total: number;
  /**
   * Tenants by their last outcome. Tenants that a stopped run did not reach count as `skipped`, even if
   * they were not read from the central database any more and so have no outcome.
   */
  readonly counts: Readonly<Record<OutcomeStatus, number>>;
  /** By fingerprint, of at most 100 kinds; `failuresByCount` has them as they are shown. */
  readonly failures: readonly FailureGroup[];
  /** Failures whose kind found no room among the 100. */
  readonly otherFailures: number;
  /** Migrations applied, over all tenants. */
  readonly applied: number;
  /** Tenants that needed more than one try. */
  readonly retried: number;
  /** Rows that backfills changed, over all tenants; absent if no backfill was completed. */
  readonly rowsChanged?: number | undefined;
  /** Tenants by note code. */
  readonly notes: Readonly<Record<string, number>>;
  /** The result of a plan; absent if nothing was planned. */
  readonly plan?: PlanSummary | undefined;
  /** The pace that a run chose by itself, at its end. */
  readonly pace?: PaceStanding | undefined;
  /** Notes about the run as a whole. */
  readonly runNotes?: readonly Note[] | undefined;
}
