import { recogniseAcrossBuilds } from '../across-builds.ts';
import { FanfoldError } from '../errors.ts';
import type { Failure } from '../failure.ts';
import type { AppliedMigration } from '../outcome.ts';

/**
 * One tenant could not be brought up to date, for callers that want to have it thrown. Says all that
 * is known: what stays applied tells a service whether it may simply drop the database again.
 */
export class TenantMigrationError extends FanfoldError {
  /** Which migration and statement failed, and what the server said of it. */
  readonly failure: Failure;
  /** Migrations that were applied before the failure, and stay applied. */
  readonly applied: readonly AppliedMigration[];

  constructor(failure: Failure, applied: readonly AppliedMigration[]) {
    const { code, message, nextStep, retryable } = failure;
    super(code, message, { fault: 'tenant', nextStep, retryable });
    this.failure = failure;
    this.applied = applied;
  }
}

recogniseAcrossBuilds(TenantMigrationError, 'TenantMigrationError');
