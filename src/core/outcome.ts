import type { Failure } from './failure.ts';
import type { NoteCode } from './note-codes.ts';
import type { TenantRef } from './tenant.ts';

/** A migration that this attempt applied, or rolled back. */
export interface AppliedMigration {
  /** As recorded in `knex_migrations`, with extension. */
  readonly name: string;
  readonly durationMs: number;
  /** Rows that a backfill changed, over all its attempts. */
  readonly rowsChanged?: number | undefined;
}

/** A list of an outcome that may be cut. */
export type CutList = 'applied' | 'reverted' | 'pending' | 'reverting';

/**
 * The number of migrations that each list of an outcome leaves out, because an execution carries only so many
 * bytes: the oldest applied or reverted ones, the last of those that are pending or to be reverted.
 */
export interface LeftOut {
  readonly applied?: number | undefined;
  readonly reverted?: number | undefined;
  readonly pending?: number | undefined;
  readonly reverting?: number | undefined;
  /** Key in the run store of those that were applied or reverted, if they could be written there. */
  readonly rest?: string | undefined;
}

/** Migrations that the lists of an outcome leave out, as they are stored beside it. */
export interface OutcomeRest {
  /** The oldest first; those of the outcome come after them. */
  readonly applied?: readonly AppliedMigration[] | undefined;
  readonly reverted?: readonly AppliedMigration[] | undefined;
  /** Key of what an earlier attempt has left out, which comes before these. */
  readonly before?: string | undefined;
}

/** A fact worth reporting that is not a failure. */
export interface Note<Code extends string = string> {
  /** `ahead`, `MigrationModified`, `StaleLockCleared`, …; one that was read may be of another version. */
  readonly code: Code;
  readonly message: string;
}

/** A note that this version made, so that its code is one of ours. */
export type OwnNote = Note<NoteCode>;

export interface OutcomeOf<Status extends string> {
  readonly status: Status;
  readonly tenant: TenantRef;
  /** Wave of the run, from 1. */
  readonly wave: number;
  /** Position in the wave's list, from 0: lets a run be folded with one bit a tenant. */
  readonly position: number;
  /** Attempts made, retries included; 0 if none was. */
  readonly tries: number;
  readonly durationMs: number;
  /** When the last attempt ended, ISO 8601, UTC; absent if none was made. */
  readonly finishedAt?: string | undefined;
  readonly notes: readonly Note[];
  /** Migrations that the outcome's lists leave out; absent if they are whole. */
  readonly leftOut?: LeftOut | undefined;
}

export interface MigratedOutcome extends OutcomeOf<'migrated'> {
  readonly applied: readonly AppliedMigration[];
}
/** There was nothing to do: nothing was written and no lock was taken. */
export interface UnchangedOutcome extends OutcomeOf<'unchanged'> {}
export interface FailedOutcome extends OutcomeOf<'failed'> {
  readonly failure: Failure;
  /** Migrations that were applied before the failure, and stay applied. */
  readonly applied: readonly AppliedMigration[];
  /** Migrations that a rollback had rolled back before the failure. */
  readonly reverted?: readonly AppliedMigration[] | undefined;
}
/** A rollback rolled migrations back. */
export interface RevertedOutcome extends OutcomeOf<'reverted'> {
  /** The newest first. */
  readonly reverted: readonly AppliedMigration[];
}
/** Not attempted. */
export interface SkippedOutcome extends OutcomeOf<'skipped'> {
  /**
   * `stopped`: the run ended before its turn, by the breaker or an interruption. `not-active`: it is
   * gone or no longer `ACTIVE`, so nothing remains to be done about it.
   */
  readonly cause: 'stopped' | 'not-active';
  readonly reason: string;
}
/** Listed, but never reported. */
export interface UnknownOutcome extends OutcomeOf<'unknown'> {
  readonly reason: string;
}
/** Migrations that a `migrate` would apply now, or a `rollback` roll back. */
export interface PlannedOutcome extends OutcomeOf<'planned'> {
  readonly pending: readonly string[];
  /** The newest first; absent in a plan of migrations. */
  readonly reverting?: readonly string[] | undefined;
}

/** The outcome of one tenant. */
export type Outcome =
  | MigratedOutcome
  | UnchangedOutcome
  | FailedOutcome
  | SkippedOutcome
  | UnknownOutcome
  | PlannedOutcome
  | RevertedOutcome;

export type OutcomeStatus = Outcome['status'];

export const OUTCOME_STATUSES = [
  'migrated',
  'unchanged',
  'failed',
  'skipped',
  'unknown',
  'planned',
  'reverted',
] as const satisfies readonly OutcomeStatus[];

/** Whether this tenant is still to be done. */
export function isOpen(outcome: Outcome): boolean {
  return !isSuccess(outcome) && !(outcome.status === 'skipped' && outcome.cause === 'not-active');
}

/** Whether an automatic round tries this tenant again. */
export function isRetryable(outcome: Outcome): outcome is FailedOutcome {
  return outcome.status === 'failed' && outcome.failure.retryable;
}

/** Whether a later run of the same request need not attempt this tenant again. */
export function isSuccess(outcome: Outcome): boolean {
  return SUCCESSES.has(outcome.status);
}

const SUCCESSES: ReadonlySet<OutcomeStatus> = new Set([
  'migrated',
  'unchanged',
  'planned',
  'reverted',
]);
