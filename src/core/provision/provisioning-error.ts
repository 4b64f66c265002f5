import { recognizeAcrossBuilds } from '../across-builds.ts';
import { FanfoldError } from '../errors.ts';
import type { ProvisionOutcome } from './provision-tenant.ts';

/** The outcome in a {@link ProvisioningError}. */
export type FailedProvisioning = Extract<ProvisionOutcome, { status: 'failed' }>;

/** A tenant could not be provisioned, for callers that want to have it thrown. */
export class ProvisioningError extends FanfoldError {
  /** The step that failed, the steps before it, and what may remain on the server. */
  readonly outcome: FailedProvisioning;

  constructor(outcome: FailedProvisioning) {
    const { code, message, nextStep, retryable } = outcome.failure;
    super(code, message, { fault: 'tenant', nextStep, retryable });
    this.outcome = outcome;
  }
}

recognizeAcrossBuilds(ProvisioningError, 'ProvisioningError');
