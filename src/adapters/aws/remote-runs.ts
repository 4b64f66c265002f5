import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  DescribeMapRunCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  RedriveExecutionCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  UpdateMapRunCommand,
} from '@aws-sdk/client-sfn';
import { FanfoldError } from '../../core/errors.ts';
import type { RemoteRun, RemoteRuns, RemoteStack } from '../../core/remote-runs.ts';
import { checkRunId } from '../../core/run/run-id.ts';
import { PROBE_LABEL } from '../../core/wire/probe-label.ts';
import { commandSpan } from '../../core/wording/command-span.ts';
import { awsError } from './aws-error.ts';
import { consoleUrl } from './console-url.ts';
import { remoteRound } from './remote-round.ts';

export interface RemoteRunsOptions {
  readonly stack: RemoteStack;
  readonly states: Pick<SFNClient, 'send'>;
  readonly lambda: Pick<LambdaClient, 'send'>;
  /** Whether this is AWS itself, which has a console, and not another endpoint. */
  readonly hasConsole: boolean;
}

/** The error name of an execution that `stop` has ended. */
const STOPPED = 'StoppedByOperator';

/** The runs of a stack, which are executions of its state machine. */
export function createRemoteRuns(options: RemoteRunsOptions): RemoteRuns {
  const { stack, states, lambda, hasConsole } = options;
  const { region, stateMachineArn } = stack;

  const arnOf = (runId: string): string => {
    checkRunId(runId);
    return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${runId}`;
  };
  /** Calls AWS and explains errors; `known` has the explanations of errors with a special meaning. */
  const call = async <Result>(
    action: string,
    work: () => Promise<Result>,
    known: Readonly<Record<string, (error: Error) => FanfoldError>> = {},
  ): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      const explain = known[(error as Error).name];
      throw explain?.(error as Error) ?? awsError(error, { action, region });
    }
  };
  const unknownRun = (runId: string) => ({
    ExecutionDoesNotExist: (cause: Error) => runUnknown(runId, stack, cause),
  });
  const read = (runId: string): Promise<RemoteRun> => {
    const executionArn = arnOf(runId);
    return call(
      `read the run ${runId}`,
      async () => remoteRun(await states.send(new DescribeExecutionCommand({ executionArn }))),
      unknownRun(runId),
    );
  };

  return {
    stack,
    consoleUrl: (runId) => (hasConsole ? consoleUrl(region, arnOf(runId)) : undefined),

    async start(runId, request) {
      checkRunId(runId);
      const input = JSON.stringify(request);
      const { executionArn, startDate } = await call(
        'start a run',
        () => states.send(new StartExecutionCommand({ stateMachineArn, name: runId, input })),
        {
          ExecutionAlreadyExists: (cause) => runExists(runId, stack, cause),
          StateMachineDoesNotExist: (cause) => machineGone(stack, cause),
          StateMachineDeleting: (cause) => machineGone(stack, cause),
        },
      );
      return {
        id: runId,
        arn: executionArn ?? arnOf(runId),
        status: 'RUNNING',
        startedAt: startDate ?? new Date(0),
        redriveCount: 0,
      };
    },

    read,

    async newest(limit) {
      const { executions = [] } = await call(
        'list the runs',
        () => states.send(new ListExecutionsCommand({ stateMachineArn, maxResults: limit })),
        { StateMachineDoesNotExist: (cause) => machineGone(stack, cause) },
      );
      return executions.map((listed) => remoteRun(listed));
    },

    async listRounds(runId) {
      const executionArn = arnOf(runId);
      const listed = await call(
        `list the rounds of the run ${runId}`,
        async () => {
          const rounds: { readonly id: string; readonly at: number }[] = [];
          let nextToken: string | undefined;
          do {
            const page = await states.send(new ListMapRunsCommand({ executionArn, nextToken }));
            for (const { mapRunArn = '', startDate } of page.mapRuns ?? []) {
              if (isProbe(mapRunArn)) continue;
              rounds.push({ id: mapRunArn, at: startDate?.getTime() ?? 0 });
            }
            nextToken = page.nextToken;
          } while (nextToken !== undefined);
          return rounds;
        },
        unknownRun(runId),
      );
      return listed.sort((a, b) => b.at - a.at).map(({ id }) => id);
    },

    readRound: (mapRunArn) =>
      call('read a Map Run', async () =>
        remoteRound(await states.send(new DescribeMapRunCommand({ mapRunArn }))),
      ),

    async throttle(mapRunArn, maxConcurrency) {
      await call(
        'change a Map Run',
        () => states.send(new UpdateMapRunCommand({ mapRunArn, maxConcurrency })),
        { ValidationException: roundIsOver, ResourceNotFound: roundIsOver },
      );
    },

    async stop(runId, cause) {
      const executionArn = arnOf(runId);
      await call(
        `stop the run ${runId}`,
        () => states.send(new StopExecutionCommand({ executionArn, error: STOPPED, cause })),
        unknownRun(runId),
      );
    },

    async close({ id, arn, startedAt, redriveCount }) {
      const execution = { arn, name: id, startedAt: startedAt.toISOString(), redriveCount };
      const { FunctionError, Payload } = await call(`have the run ${id} closed`, () =>
        lambda.send(
          new InvokeCommand({
            FunctionName: stack.settleFunction,
            Payload: JSON.stringify({ step: 'close', execution }),
          }),
        ),
      );
      if (FunctionError !== undefined) throw notClosed(id, Payload?.transformToString() ?? '');
    },

    async redrive(runId) {
      const executionArn = arnOf(runId);
      await call(
        `redrive the run ${runId}`,
        () => states.send(new RedriveExecutionCommand({ executionArn })),
        {
          ...unknownRun(runId),
          ExecutionNotRedrivable: (cause) => notRedrivable(runId, stack, cause),
        },
      );
    },

    hasOldDefinition: (runId) => {
      const executionArn = arnOf(runId);
      return call('read the state machine', async () => {
        const now = await states.send(new DescribeStateMachineCommand({ stateMachineArn }));
        const then = await states.send(
          new DescribeStateMachineForExecutionCommand({ executionArn }),
        );
        return now.definition !== then.definition;
      });
    },
  };
}

/** Converts the description of an execution, or its entry in a list, which has fewer facts. */
export function remoteRun(described: Omit<DescribeExecutionOutput, '$metadata'>): RemoteRun {
  const { redriveStatus, redriveStatusReason } = described;
  return {
    id: described.name ?? '',
    arn: described.executionArn ?? '',
    status: described.status ?? 'RUNNING',
    startedAt: described.startDate ?? new Date(0),
    stoppedAt: described.stopDate,
    redriveCount: described.redriveCount ?? 0,
    redrivenAt: described.redriveDate,
    notRedrivable:
      redriveStatus === 'NOT_REDRIVABLE' ? (redriveStatusReason ?? 'no reason given') : undefined,
    output: described.output,
    error: described.error,
    cause: described.cause,
  };
}

function runUnknown(runId: string, stack: RemoteStack, cause: Error): FanfoldError {
  return new FanfoldError(
    'RunUnknown',
    `The stack "${stack.name}" in ${stack.region} has no run "${runId}".`,
    {
      fault: 'usage',
      nextStep: `Step Functions deletes executions 90 days after their end. The newest run: ${commandSpan('follow', 'last', '--aws', stack.name)}`,
      cause,
    },
  );
}

function runExists(runId: string, stack: RemoteStack, cause: Error): FanfoldError {
  return new FanfoldError(
    'RunExists',
    `The stack "${stack.name}" has already had a run "${runId}": a name can be used only once.`,
    { fault: 'usage', nextStep: 'Start the run under another name.', cause },
  );
}

function machineGone(stack: RemoteStack, cause: Error): FanfoldError {
  return new FanfoldError(
    'StackIncomplete',
    `The state machine of the stack "${stack.name}" does not exist: ${stack.stateMachineArn}`,
    { fault: 'configuration', nextStep: 'Deploy the stack again: `npx cdk deploy`', cause },
  );
}

function notRedrivable(runId: string, stack: RemoteStack, cause: Error): FanfoldError {
  return new FanfoldError('RunNotRedrivable', `Run ${runId} cannot be redriven: ${cause.message}`, {
    fault: 'usage',
    nextStep: `Retry its tenants that failed or were not reached in a new run: ${commandSpan('migrate:retry', runId, '--aws', stack.name)}`,
    cause,
  });
}

/** Whether a Map Run asks tenants what they have to do; nobody is migrated by it. */
function isProbe(mapRunArn: string): boolean {
  return mapRunArn.includes(`/${PROBE_LABEL}:`);
}

function roundIsOver(cause: Error): FanfoldError {
  return new FanfoldError('RoundIsOver', `The Map Run cannot be changed: ${cause.message}`, {
    fault: 'usage',
    nextStep: 'Try again after the next wave has started.',
    cause,
  });
}

function notClosed(runId: string, payload: string): FanfoldError {
  const { errorType = 'Error', errorMessage = payload } = parsed(payload);
  return new FanfoldError(
    'RunNotClosed',
    `The summary of run ${runId} could not be written: ${errorType}: ${errorMessage}`,
    {
      fault: 'configuration',
      nextStep: 'Check the log of the settle function, then stop the run again.',
    },
  );
}

function parsed(payload: string): { readonly errorType?: string; readonly errorMessage?: string } {
  try {
    const value: unknown = JSON.parse(payload);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
