import {
  LAMBDA_CRASHED,
  LAMBDA_NOT_READY,
  LAMBDA_TRANSIENT,
  STEP_UNAVAILABLE,
  TENANT_FAILED_RETRYABLE,
} from '../src/core/wire/error-names.ts';

/** Addresses in the definition: those of a stack, or placeholders. */
export interface StateMachineTargets {
  /** `aws`, or that of another part of AWS. */
  readonly partition: string;
  /** ARNs without version or alias: a corrected migration has to reach a run that is redriven. */
  readonly listTenantsArn: string;
  readonly migrateTenantArn: string;
  readonly reduceOutcomesArn: string;
  readonly settleRunArn: string;
  readonly runBucketName: string;
  /** An execution that takes longer ends as TIMED_OUT. */
  readonly timeoutSeconds: number;
  /** Time limit of the functions. */
  readonly functionTimeoutSeconds: number;
}

/** Name of the Distributed Map, and its label: it is part of its children's ARNs. */
export const MAP_LABEL = 'MigrateTenants';

interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds: number;
  readonly MaxAttempts: number;
  readonly JitterStrategy: 'FULL' | 'NONE';
}

interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Output: Readonly<Record<string, unknown>>;
  readonly Next: string;
}

/** A state as the States Language writes it; the fields that other code reads are named. */
export interface State {
  readonly Type: 'Task' | 'Choice' | 'Map' | 'Wait' | 'Succeed';
  readonly Comment?: string;
  readonly Next?: string;
  readonly End?: true;
  readonly Default?: string;
  readonly Choices?: readonly {
    readonly Condition: string;
    readonly Next: string;
    readonly Output?: unknown;
  }[];
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
  readonly ItemProcessor?: Program & { readonly ProcessorConfig: Readonly<Record<string, string>> };
  readonly [field: string]: unknown;
}

export interface Program {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export interface StateMachineDefinition extends Program {
  readonly Comment: string;
  readonly QueryLanguage: 'JSONata';
  readonly TimeoutSeconds: number;
}

/** A round of a wave goes from ListTenants to SettleRun, which decides whether another one follows. */
export function stateMachineDefinition(targets: StateMachineTargets): StateMachineDefinition {
  const task = taskOn(targets);
  return {
    Comment: 'Lists the tenants, migrates each in a child execution, and folds the outcomes.',
    QueryLanguage: 'JSONata',
    TimeoutSeconds: targets.timeoutSeconds,
    StartAt: 'OpenRun',
    States: {
      OpenRun: task({
        Comment: 'Reads the request, and makes the calls for which the VPC has no endpoint.',
        function: targets.settleRunArn,
        payload: {
          step: 'open',
          execution,
          request: '{% $states.context.Execution.Input %}',
        },
        retry: stepRetries,
        next: 'Opened',
      }),
      Opened: {
        Type: 'Choice',
        Comment: 'DONE if another execution is running and the request gives way to it.',
        Choices: [{ Condition: "{% $states.input.decision = 'RUN' %}", Next: 'ListTenants' }],
        Default: 'Done',
      },
      ListTenants: task({
        Comment: "Writes the round's items from the central database as it is now.",
        function: targets.listTenantsArn,
        payload: { step: 'list', execution, round },
        retry: stepRetries,
        next: 'MoreToDo',
      }),
      MoreToDo: {
        Type: 'Choice',
        Choices: [{ Condition: "{% $states.input.decision = 'RUN' %}", Next: 'WarmUp' }],
        Default: 'ReduceOutcomes',
      },
      WarmUp: task({
        Comment:
          'Wakes the migrator, which Lambda has made inactive if it was not invoked for weeks, before the Map starts children.',
        function: targets.migrateTenantArn,
        payload: { step: 'warm' },
        retry: stepRetries,
        output: '{% $states.input %}',
        next: MAP_LABEL,
      }),
      [MAP_LABEL]: {
        Type: 'Map',
        Comment: 'One child execution for each tenant. A failed child is a failed tenant.',
        Label: MAP_LABEL,
        ItemReader: {
          Resource: `arn:${targets.partition}:states:::s3:getObject`,
          ReaderConfig: { InputType: 'JSONL' },
          Arguments: { Bucket: targets.runBucketName, Key: '{% $states.input.map.itemsKey %}' },
        },
        ItemSelector: {
          run: '{% $states.input.run %}',
          item: '{% $states.context.Map.Item.Value %}',
        },
        MaxConcurrency: '{% $states.input.map.maxConcurrency %}',
        ToleratedFailureCount: '{% $states.input.map.toleratedFailureCount %}',
        ItemProcessor: tenantProcessor(targets),
        // JSONL: the reducer reads a line at a time, whatever the size of the fleet.
        ResultWriter: {
          Resource: `arn:${targets.partition}:states:::s3:putObject`,
          WriterConfig: { OutputType: 'JSONL', Transformation: 'COMPACT' },
          Arguments: {
            Bucket: targets.runBucketName,
            Prefix: '{% $states.input.map.resultsPrefix %}',
          },
        },
        // No Retry: it would begin a new Map Run over all items. Every other error fails the
        // execution, and a redrive resumes with the children that did not succeed.
        Catch: [
          {
            ErrorEquals: ['States.ExceedToleratedFailureThreshold'],
            Output: { round, breakerTripped: true },
            Next: 'ReduceOutcomes',
          },
        ],
        Output: { round, breakerTripped: false },
        Next: 'ReduceOutcomes',
      },
      ReduceOutcomes: task({
        Comment:
          'Folds the result files into the summary. A failed tenant does not fail this state.',
        function: targets.reduceOutcomesArn,
        payload: { execution, round, breakerTripped },
        retry: stepRetries,
        next: 'RecordOutcomes',
      }),
      RecordOutcomes: task({
        Comment:
          'Writes the reached versions to the central database. Its failure is only a warning.',
        function: targets.listTenantsArn,
        payload: { step: 'record', execution, round },
        retry: stepRetries,
        output: {
          round,
          breakerTripped,
          notRecorded: '{% $states.result.Payload.notRecorded %}',
        },
        catch: {
          ErrorEquals: ['States.ALL'],
          Output: { round, breakerTripped, notRecorded: null },
          Next: 'SettleRun',
        },
        next: 'SettleRun',
      }),
      SettleRun: task({
        Comment:
          'Decides what follows, and throws TenantMigrationsFailed if tenants are left. A redrive enters a failed task again, but not a Fail state.',
        function: targets.settleRunArn,
        payload: {
          step: 'settle',
          execution,
          round,
          breakerTripped,
          notRecorded: '{% $states.input.notRecorded %}',
        },
        retry: stepRetries,
        next: 'NextRound',
      }),
      NextRound: {
        Type: 'Choice',
        Choices: [{ Condition: "{% $states.input.decision = 'RUN' %}", Next: 'ListTenants' }],
        Default: 'Done',
      },
      Done: {
        Type: 'Succeed',
        Output:
          "{% $exists($states.input.summary) ? $states.input.summary : {'message': $states.input.message} %}",
      },
    },
  };
}

/** The context object leaves out RedriveCount in an execution that was never redriven. */
export const execution = {
  arn: '{% $states.context.Execution.Id %}',
  name: '{% $states.context.Execution.Name %}',
  startedAt: '{% $states.context.Execution.StartTime %}',
  redriveCount:
    '{% $exists($states.context.Execution.RedriveCount) ? $states.context.Execution.RedriveCount : 0 %}',
};

const round = '{% $states.input.round %}';

/** Absent if the round had no tenant to attempt, and so no Map. */
const breakerTripped = '{% $states.input.breakerTripped = true %}';

/**
 * A function that Lambda has yet to prepare. Without jitter, since the time is what helps: 5, 10, 20, 40
 * and four times 60 s are five minutes, and waking an inactive function in a VPC takes up to some.
 */
const notReady: Retrier = {
  ...retrier(LAMBDA_NOT_READY, { attempts: 8, interval: 5, longest: 60 }),
  JitterStrategy: 'NONE',
};

/**
 * Errors that every step may meet. With full jitter the delays are 0 to 2, 4, 8, 16, 32, 60, 60 and 60 s:
 * two minutes on average, and four at the most, for a throttled or unreachable service to recover.
 */
export const stepRetries: readonly Retrier[] = [
  retrier([...LAMBDA_TRANSIENT, STEP_UNAVAILABLE], { attempts: 8, interval: 2, longest: 60 }),
  notReady,
  // A step that ran out of time or memory does so again, unless its environment was at fault.
  retrier(LAMBDA_CRASHED, { attempts: 2, interval: 2, longest: 60 }),
];

const tenantRetries: readonly Retrier[] = [
  // 0 to 5, 10, 20, 40 and 60 s: about a minute on average, for a failover of the database server.
  retrier([TENANT_FAILED_RETRYABLE], { attempts: 5, interval: 5, longest: 60 }),
  // An account whose quota is below maxConcurrency throttles all the time: half of 0 to 1, 2, 4, 8,
  // 16, 32 and then thirteen times 60 s is seven minutes on average before a tenant is given up.
  retrier(LAMBDA_TRANSIENT, { attempts: 19, interval: 1, longest: 60 }),
  notReady,
  // The statement may still be running in the server; the next attempt waits for its fence.
  retrier(LAMBDA_CRASHED, { attempts: 2, interval: 10, longest: 60 }),
];

function retrier(
  errors: readonly string[],
  how: { readonly attempts: number; readonly interval: number; readonly longest: number },
): Retrier {
  return {
    ErrorEquals: errors,
    IntervalSeconds: how.interval,
    BackoffRate: 2,
    MaxDelaySeconds: how.longest,
    MaxAttempts: how.attempts,
    JitterStrategy: 'FULL',
  };
}

/** The states of a child execution: one tenant, in as many invocations as its migrations need. */
function tenantProcessor(targets: StateMachineTargets) {
  const task = taskOn(targets);
  return {
    // An EXPRESS child ends after five minutes.
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: 'MigrateTenant',
    States: {
      MigrateTenant: task({
        Comment: 'Throws if the tenant failed, so that its child execution fails.',
        function: targets.migrateTenantArn,
        payload: {
          step: 'migrate',
          run: '{% $states.input.run %}',
          item: '{% $states.input.item %}',
          retryCount: '{% $states.context.State.RetryCount %}',
          continuation:
            '{% $exists($states.input.continuation) ? $states.input.continuation : null %}',
        },
        retry: tenantRetries,
        // A tenant whose migration continues needs its item again.
        output:
          "{% $states.result.Payload.status = 'continue' ? $merge([$states.input, $states.result.Payload]) : $states.result.Payload %}",
        next: 'Continue?',
      }),
      'Continue?': {
        Type: 'Choice',
        Comment: 'Whether the invocation ended before the tenant did.',
        Choices: [{ Condition: "{% $states.input.status = 'continue' %}", Next: 'Wait' }],
        Default: 'TenantDone',
      },
      Wait: {
        Type: 'Wait',
        Seconds: '{% $states.input.waitSeconds %}',
        Next: 'MigrateTenant',
      },
      TenantDone: { Type: 'Succeed' },
    },
  } as const satisfies State['ItemProcessor'];
}

interface TaskOptions {
  readonly Comment: string;
  readonly function: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly retry: readonly Retrier[];
  readonly output?: unknown;
  readonly catch?: Catcher;
  readonly next: string;
}

/** Makes states that call a function. */
export function taskOn(targets: Pick<StateMachineTargets, 'partition' | 'functionTimeoutSeconds'>) {
  return (options: TaskOptions): State => ({
    Type: 'Task',
    Comment: options.Comment,
    Resource: `arn:${targets.partition}:states:::lambda:invoke`,
    Arguments: { FunctionName: options.function, Payload: options.payload },
    // Longer than the function's own limit, at which the function fails with a cause.
    TimeoutSeconds: targets.functionTimeoutSeconds + 60,
    Retry: options.retry,
    ...(options.catch === undefined ? {} : { Catch: [options.catch] }),
    Output: options.output ?? '{% $states.result.Payload %}',
    Next: options.next,
  });
}
