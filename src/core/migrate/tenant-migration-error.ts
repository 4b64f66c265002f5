import { recognizeAcrossBuilds } from '../across-builds.ts';
import { FanfoldError } from '../errors.ts';
import type { OwnFailure } from '../failure.ts';
import type { AppliedMigration } from '../outcome.ts';

/**
 * One tenant could not be brought up to date, as an error for callers that prefer a throw. It also has
 * the migrations that stay applied, from which a service sees whether it may simply drop the database.
 */
export class TenantMigrationError extends FanfoldError {
  /** The migration and statement that failed, and the message of the server. */
  readonly failure: OwnFailure;
  /** Migrations that were applied before the failure, and stay applied. */
  readonly applied: readonly AppliedMigration[];

  constructor(failure: OwnFailure, applied: readonly AppliedMigration[]) {
    const { code, message, nextStep, retryable } = failure;
    super(code, message, { fault: 'tenant', nextStep, retryable });
    this.failure = failure;
    this.applied = applied;
  }
}

recognizeAcrossBuilds(TenantMigrationError, 'TenantMigrationError');
