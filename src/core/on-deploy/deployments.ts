/** An execution that a deployment has started. */
export interface DeployedRun {
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'PENDING_REDRIVE';
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** What ended it, in words; absent where nothing did. */
  readonly cause?: string | undefined;
}

/** What a deployment asks of AWS. Throws `FanfoldError`s with fault `configuration`. */
export interface Deployments {
  /** Whether the stack is going back to what it was. */
  isRollingBack(stackId: string): Promise<boolean>;
  /**
   * Starts an execution and returns its ARN; one that was started under the name before is taken for
   * it, whatever became of it.
   */
  start(stateMachineArn: string, name: string, input: string): Promise<string>;
  read(executionArn: string): Promise<DeployedRun>;
}
