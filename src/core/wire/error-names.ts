/**
 * Names of thrown errors as Step Functions sees them. The Lambdas throw under these names and the
 * state machine's Retry and Catch match them: both import this file.
 */

/** A tenant failed and the same attempt may succeed later: the child's Task tries it again. */
export const TENANT_FAILED_RETRYABLE = 'TenantFailedRetryable';
/** A tenant failed and somebody has to do something about it. */
export const TENANT_FAILED = 'TenantFailed';
/** The run is over and tenants failed; what SettleRun throws. Never retried by itself. */
export const TENANT_MIGRATIONS_FAILED = 'TenantMigrationsFailed';
/** A tenant could not be provisioned; what FailTenant throws. */
export const TENANT_PROVISIONING_FAILED = 'TenantProvisioningFailed';
/** Something that a step needs did not answer: the central database, the run store, a secret. */
export const STEP_UNAVAILABLE = 'StepUnavailable';

/**
 * What Lambda and Step Functions themselves report and another invocation may not meet again.
 * `Sandbox.Timedout` is a function at its time limit, `Runtime.ExitError` a process that ended or was
 * killed, also for want of memory.
 */
export const LAMBDA_TRANSIENT = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.TooManyRequestsException',
] as const;
export const LAMBDA_CRASHED = ['Sandbox.Timedout', 'Runtime.ExitError', 'Lambda.Unknown'] as const;
