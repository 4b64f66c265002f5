/** An execution that a deployment has started. */
export interface DeployedRun {
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'PENDING_REDRIVE';
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** The reason for its failure in words; absent if it has not failed. */
  readonly cause?: string | undefined;
}

/** Requests of a deployment to AWS. Throws `FanfoldError`s with fault `configuration`. */
export interface Deployments {
  /** Whether the stack is rolling back. */
  isRollingBack(stackId: string): Promise<boolean>;
  /** An output as the last finished deployment left it; undefined if there was none. */
  deployedOutput(stackId: string, key: string): Promise<string | undefined>;
  /**
   * Starts an execution and returns its ARN. An execution that was started under the name before counts as
   * this one, however it ended.
   */
  start(stateMachineArn: string, name: string, input: string): Promise<string>;
  read(executionArn: string): Promise<DeployedRun>;
}
