import type { RunControl } from '../backfill/run-control.ts';
import type { RunRequest } from '../request.ts';
import type { OperatorFunctionNames } from '../wire/operator-functions.ts';

/** The status of an execution, in the words that the console of AWS shows. */
export type RemoteStatus =
  | 'RUNNING'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'TIMED_OUT'
  | 'ABORTED'
  | 'PENDING_REDRIVE';

/** The deployed stack whose runs these are. */
export interface RemoteStack {
  readonly name: string;
  readonly region: string;
  readonly stateMachineArn: string;
  /** Name of the bucket of the run store. */
  readonly runBucket: string;
  /** Name of the function that closes a run that was stopped. */
  readonly settleFunction: string;
  /** ARN of the secret with the login of the central database; absent in a stack of long ago. */
  readonly centralSecret?: string | undefined;
  /** ARN of the secret with the key ring; absent in a stack of long ago. */
  /** The parts of the address that the secret lacks, as JSON. */
  readonly centralDatabase?: string | undefined;
  readonly keySecret?: string | undefined;
  /** ARN of the state machine ProvisionTenant; absent in a stack without provisioning. */
  readonly provisionMachineArn?: string | undefined;
  /** Whether tenants are migrated only if their shapes were rehearsed, by the evidence that was deployed. */
  readonly requiresRehearsal?: boolean | undefined;
  /** Names of the functions that work for an operator; none in a stack of long ago. */
  readonly operatorFunctions?: OperatorFunctionNames | undefined;
}

/** One execution of the state machine: one run. */
export interface RemoteRun {
  /** Its name. */
  readonly id: string;
  readonly arn: string;
  readonly status: RemoteStatus;
  readonly startedAt: Date;
  /** Absent while it is running. */
  readonly stoppedAt?: Date | undefined;
  readonly redriveCount: number;
  readonly redrivenAt?: Date | undefined;
  /** The reason for which it cannot be redriven, in AWS's words; absent if it can be. */
  readonly notRedrivable?: string | undefined;
  /** Result of the last state, as JSON. */
  readonly output?: string | undefined;
  /** Name of the error that ended it. */
  readonly error?: string | undefined;
  /** The error in words; for one of a Lambda function JSON with errorMessage. */
  readonly cause?: string | undefined;
}

/** One pass of the Map over a wave, or over a part of it. */
export interface RemoteRound {
  /** Its identifier among the rounds of all runs. */
  readonly id: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly startedAt: Date;
  readonly maxConcurrency: number;
  /** Tenants by status. */
  readonly counts: {
    readonly total: number;
    readonly pending: number;
    readonly running: number;
    readonly succeeded: number;
    /** With those that timed out. */
    readonly failed: number;
    readonly aborted: number;
  };
}

/** Ids of Map Runs, the newest first. Each can be read as a round. */
export interface RemoteMapRuns {
  /** Those that migrate. */
  readonly rounds: readonly string[];
  /** Those that ask tenants what they have to do. */
  readonly probes: readonly string[];
  /** Those that read the shapes of all tenants before the first wave. */
  readonly shapes: readonly string[];
}

/**
 * The runs of one deployed stack. Every method throws `FanfoldError`s: `RunUnknown` (`usage`) if the stack
 * has no such run, and those of AWS (`configuration`), retryable if waiting may help.
 */
export interface RemoteRuns {
  readonly stack: RemoteStack;
  /** Address of the run in the console of AWS; absent if another endpoint replaces AWS. */
  consoleUrl(runId: string): string | undefined;
  /** Starts a run with these keys of a request; throws `RunExists` if the id was used before. */
  start(runId: string, request: Partial<RunRequest>): Promise<RemoteRun>;
  read(runId: string): Promise<RemoteRun>;
  /** The newest first; without outputs and errors. At most 100. */
  newest(limit: number): Promise<RemoteRun[]>;
  /** The Map Runs so far; may lag behind by seconds. */
  listMapRuns(runId: string): Promise<RemoteMapRuns>;
  readRound(roundId: string): Promise<RemoteRound>;
  /** Changes how many tenants of a round are handled at a time; throws `RoundIsOver` (`usage`). */
  throttle(roundId: string, maxConcurrency: number): Promise<void>;
  /** Requests the end of the execution, which has ended when `read` returns it as ended. */
  stop(runId: string, cause: string): Promise<void>;
  /** Makes the function write the summary of a stopped run, from the outcomes of its tenants. */
  close(run: RemoteRun): Promise<void>;
  /** Has the function keep a wish for the backfills of a run, which its migrators follow within seconds. */
  control(run: RemoteRun, wish: Partial<RunControl>): Promise<void>;
  /** Resumes an execution that failed; throws `RunNotRedrivable` (`usage`). */
  redrive(runId: string): Promise<void>;
  /** Whether the machine was deployed anew since the run began: a redrive continues with the old one. */
  hasOldDefinition(runId: string): Promise<boolean>;
}
