import type { ErrorCode } from '../error-codes.ts';

/**
 * Names of thrown errors as Step Functions sees them. The Lambdas throw under these names and the
 * state machine's Retry and Catch match them: both import this file.
 */

/** A tenant failed and the same attempt may succeed later: the child's Task tries it again. */
export const TENANT_FAILED_RETRYABLE = 'TenantFailedRetryable';
/** A tenant failed and somebody has to do something about it. */
export const TENANT_FAILED = 'TenantFailed';
/** The run is over and tenants failed; what SettleRun throws. Never retried by itself. */
export const TENANT_MIGRATIONS_FAILED = 'TenantMigrationsFailed' satisfies ErrorCode;
/** Somebody has rejected the next wave: the error with which AwaitApproval is ended. */
export const ROLLOUT_REJECTED = 'RolloutRejected';
/** A tenant could not be provisioned; what FailTenant throws. */
export const TENANT_PROVISIONING_FAILED = 'TenantProvisioningFailed' satisfies ErrorCode;
/** Something that a step needs did not answer: the central database, the run store, a secret. */
export const STEP_UNAVAILABLE = 'StepUnavailable';

/** Disturbances of Lambda itself, and throttling, which the next invocation may not meet. */
export const LAMBDA_TRANSIENT = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.TooManyRequestsException',
] as const;
/** Every subnet of the function is out of addresses. */
export const SUBNET_FULL = 'Lambda.SubnetIPAddressLimitReachedException';
/** The account has as many network interfaces as it may have in the region. */
export const INTERFACE_LIMIT_REACHED = 'Lambda.ENILimitReachedException';

/**
 * Lambda refuses to invoke a function that it has yet to prepare. A function that was not invoked for
 * weeks is inactive: its first invocation fails and wakes it, which takes up to some minutes, in a VPC
 * also for its network interface. `ResourceConflictException` is an update that is in progress.
 */
export const LAMBDA_NOT_READY = [
  'Lambda.CodeArtifactUserPendingException',
  'Lambda.ResourceNotReadyException',
  'Lambda.ResourceConflictException',
  'Lambda.ENINotReadyException',
  'Lambda.EC2ThrottledException',
  'Lambda.EC2UnexpectedException',
  INTERFACE_LIMIT_REACHED,
  SUBNET_FULL,
] as const;
/**
 * `Sandbox.Timedout` is a function at its time limit, `Runtime.ExitError` a process that ended or was
 * killed, also because it ran out of memory.
 */
export const LAMBDA_CRASHED = ['Sandbox.Timedout', 'Runtime.ExitError', 'Lambda.Unknown'] as const;
