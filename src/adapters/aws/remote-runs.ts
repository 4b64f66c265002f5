import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import {
  DescribeExecutionCommand,
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
import type { FanfoldError } from '../../core/errors.ts';
import type { RemoteRun, RemoteRuns, RemoteStack } from '../../core/remote/remote-runs.ts';
import { checkRunId } from '../../core/run/run-id.ts';
import { PROBE_LABEL } from '../../core/wire/probe-label.ts';
import { SHAPES_LABEL } from '../../core/wire/shapes-label.ts';
import { awsError } from './aws-error.ts';
import { consoleUrl } from './console-url.ts';
import { remoteRound } from './remote-round.ts';
import { remoteRun } from './remote-run.ts';
import {
  machineGone,
  notClosed,
  notControlled,
  notRedrivable,
  roundIsOver,
  runExists,
  runUnknown,
} from './remote-run-errors.ts';

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

    async listMapRuns(runId) {
      const executionArn = arnOf(runId);
      const listed = await call(
        `list the rounds of the run ${runId}`,
        async () => {
          const rounds: { readonly id: string; readonly at: number }[] = [];
          let nextToken: string | undefined;
          do {
            const page = await states.send(new ListMapRunsCommand({ executionArn, nextToken }));
            for (const { mapRunArn = '', startDate } of page.mapRuns ?? []) {
              rounds.push({ id: mapRunArn, at: startDate?.getTime() ?? 0 });
            }
            nextToken = page.nextToken;
          } while (nextToken !== undefined);
          return rounds;
        },
        unknownRun(runId),
      );
      const ids = listed.sort((a, b) => b.at - a.at).map(({ id }) => id);
      return {
        rounds: ids.filter((id) => !isOf(PROBE_LABEL, id) && !isOf(SHAPES_LABEL, id)),
        probes: ids.filter((id) => isOf(PROBE_LABEL, id)),
        shapes: ids.filter((id) => isOf(SHAPES_LABEL, id)),
      };
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

    async control({ id, arn }, wish) {
      const { FunctionError, Payload } = await call(`control the backfills of the run ${id}`, () =>
        lambda.send(
          new InvokeCommand({
            FunctionName: stack.settleFunction,
            Payload: JSON.stringify({ step: 'control', execution: { arn, name: id }, wish }),
          }),
        ),
      );
      if (FunctionError !== undefined) {
        throw notControlled(id, Payload?.transformToString() ?? '');
      }
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

/** Whether a Map Run is of a Map that only asks tenants; nobody is migrated by it. */
function isOf(label: typeof PROBE_LABEL | typeof SHAPES_LABEL, mapRunArn: string): boolean {
  return mapRunArn.includes(`/${label}:`);
}
