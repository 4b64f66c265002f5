import { recogniseAcrossBuilds } from '../across-builds.ts';
import { FanfoldError } from '../errors.ts';
import type { ProvisionOutcome } from './provision-tenant.ts';

/** What {@link ProvisioningError} tells. */
export type FailedProvisioning = Extract<ProvisionOutcome, { status: 'failed' }>;

/** A tenant could not be provisioned, for callers that want to have it thrown. */
export class ProvisioningError extends FanfoldError {
  /** In which step, what had been done by then, and what may be left behind. */
  readonly outcome: FailedProvisioning;

  constructor(outcome: FailedProvisioning) {
    const { code, message, nextStep, retryable } = outcome.failure;
    super(code, message, { fault: 'tenant', nextStep, retryable });
    this.outcome = outcome;
  }
}

recogniseAcrossBuilds(ProvisioningError, 'ProvisioningError');
