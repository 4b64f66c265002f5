import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  UpdateMapRunCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, describe, expect, it } from 'vitest';
import { createRemoteRuns } from '../../../src/adapters/aws/remote-runs.ts';

const stack = {
  name: 'prod',
  region: 'eu-west-1',
  stateMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:prod',
  runBucket: 'runs',
  settleFunction: 'prod-settle-run',
};
const EXECUTION = 'arn:aws:states:eu-west-1:123456789012:execution:prod:run-1';
const MAP_RUN = 'arn:aws:states:eu-west-1:123456789012:mapRun:prod/MigrateTenants:1';

const states = mockClient(SFNClient);
const lambda = mockClient(LambdaClient);
const runs = createRemoteRuns({
  stack,
  states: new SFNClient({ region: 'eu-west-1' }),
  lambda: new LambdaClient({ region: 'eu-west-1' }),
  hasConsole: true,
});

afterEach(() => {
  states.reset();
  lambda.reset();
});

function thrown(name: string, message = 'x'): Error {
  return Object.assign(new Error(message), { name });
}

describe('starting a remote run', () => {
  it("the adapter of remote runs starts an execution with the run's id and the keys of the request", async () => {
    states.on(StartExecutionCommand).resolves({ executionArn: EXECUTION, startDate: new Date(1) });
    await expect(runs.start('run-1', { command: 'migrate', strict: true })).resolves.toMatchObject({
      id: 'run-1',
      arn: EXECUTION,
      status: 'RUNNING',
    });
    expect(states.call(0).args[0].input).toEqual({
      stateMachineArn: stack.stateMachineArn,
      name: 'run-1',
      input: '{"command":"migrate","strict":true}',
    });
  });

  it.each([
    ['ExecutionAlreadyExists', 'RunExists', 'usage'],
    ['StateMachineDoesNotExist', 'StackIncomplete', 'configuration'],
    ['StateMachineDeleting', 'StackIncomplete', 'configuration'],
    ['AccessDeniedException', 'AwsAccessDenied', 'configuration'],
    ['ThrottlingException', 'AwsThrottled', 'configuration'],
  ])(
    'the adapter of remote runs explains why an execution could not start: %s',
    async (name, code, fault) => {
      states.on(StartExecutionCommand).rejects(thrown(name));
      await expect(runs.start('run-1', {})).rejects.toMatchObject({ code, fault });
    },
  );

  it('the adapter of remote runs refuses an invalid name without calling AWS', async () => {
    await expect(runs.start('a b', {})).rejects.toMatchObject({ code: 'RunIdInvalid' });
    expect(states.calls()).toEqual([]);
  });
});

describe('reading a remote run', () => {
  it('the adapter of remote runs returns the facts of DescribeExecution', async () => {
    states.on(DescribeExecutionCommand, { executionArn: EXECUTION }).resolves({
      executionArn: EXECUTION,
      name: 'run-1',
      status: 'FAILED',
      startDate: new Date(1),
      stopDate: new Date(2),
      redriveCount: 1,
      redriveDate: new Date(3),
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'too old',
      error: 'TenantMigrationsFailed',
      cause: '{}',
    });
    await expect(runs.read('run-1')).resolves.toEqual({
      id: 'run-1',
      arn: EXECUTION,
      status: 'FAILED',
      startedAt: new Date(1),
      stoppedAt: new Date(2),
      redriveCount: 1,
      redrivenAt: new Date(3),
      notRedrivable: 'too old',
      error: 'TenantMigrationsFailed',
      cause: '{}',
      output: undefined,
    });
  });

  it('the adapter of remote runs reports a run that does not exist', async () => {
    states.on(DescribeExecutionCommand).rejects(thrown('ExecutionDoesNotExist'));
    await expect(runs.read('run-1')).rejects.toMatchObject({ code: 'RunUnknown', fault: 'usage' });
  });
});

describe('the rounds of a remote run', () => {
  it('the rounds of a remote run are listed over several pages, newest first', async () => {
    const item = (n: number) => ({
      executionArn: EXECUTION,
      mapRunArn: `${MAP_RUN}${n}`,
      stateMachineArn: stack.stateMachineArn,
      startDate: new Date(n),
    });
    states
      .on(ListMapRunsCommand)
      .resolvesOnce({ mapRuns: [item(2)], nextToken: 'more' })
      .resolvesOnce({ mapRuns: [item(1), item(3)] });
    await expect(runs.listMapRuns('run-1')).resolves.toMatchObject({
      rounds: [`${MAP_RUN}3`, `${MAP_RUN}2`, `${MAP_RUN}1`],
      probes: [],
      shapes: [],
    });
  });

  it('rounds of a remote run count timed-out tenants as failed, and tenants that wait for a redrive as pending', async () => {
    states.on(DescribeMapRunCommand).resolves({
      mapRunArn: MAP_RUN,
      status: 'RUNNING',
      startDate: new Date(1),
      maxConcurrency: 7,
      itemCounts: {
        pending: 1,
        running: 2,
        succeeded: 3,
        failed: 4,
        timedOut: 5,
        aborted: 6,
        total: 28,
        resultsWritten: 0,
        pendingRedrive: 7,
      },
    });
    await expect(runs.readRound(MAP_RUN)).resolves.toMatchObject({
      maxConcurrency: 7,
      counts: { total: 28, pending: 8, running: 2, succeeded: 3, failed: 9, aborted: 6 },
    });
  });

  it.each(['ValidationException', 'ResourceNotFound'])(
    'the rounds of a remote run are empty after the error %s',
    async (name) => {
      states.on(UpdateMapRunCommand).rejects(thrown(name));
      await expect(runs.throttle(MAP_RUN, 3)).rejects.toMatchObject({ code: 'RoundIsOver' });
    },
  );
});

describe('redriving a remote run', () => {
  it('the adapter of remote runs explains why an execution cannot be redriven', async () => {
    states.on(RedriveExecutionCommand).rejects(thrown('ExecutionNotRedrivable', 'It succeeded'));
    await expect(runs.redrive('run-1')).rejects.toMatchObject({
      code: 'RunNotRedrivable',
      fault: 'usage',
      message: 'Run run-1 cannot be redriven: It succeeded',
      nextStep:
        'Retry its tenants that failed or were not reached in a new run: `fanfold migrate:retry run-1 --aws prod`',
    });
  });

  it.each([
    ['a', 'a', false],
    ['a', 'b', true],
  ])(
    'the adapter of remote runs compares the state machine definitions %s and %s',
    async (now, then, isOld) => {
      states.on(DescribeStateMachineCommand).resolves({ definition: now });
      states.on(DescribeStateMachineForExecutionCommand).resolves({ definition: then });
      await expect(runs.hasOldDefinition('run-1')).resolves.toBe(isOld);
    },
  );
});

describe('stopping and closing a remote run', () => {
  it('the adapter of remote runs stops the execution with a cause', async () => {
    states.on(StopExecutionCommand).resolves({});
    await runs.stop('run-1', 'why');
    expect(states.call(0).args[0].input).toEqual({
      executionArn: EXECUTION,
      error: 'StoppedByOperator',
      cause: 'why',
    });
  });

  const run = {
    id: 'run-1',
    arn: EXECUTION,
    status: 'ABORTED',
    startedAt: new Date(0),
    redriveCount: 2,
  } as const;

  it('the adapter of remote runs closes the run with the settle function', async () => {
    lambda.on(InvokeCommand).resolves({});
    await runs.close(run);
    const { FunctionName, Payload } = lambda.call(0).args[0].input as {
      FunctionName: string;
      Payload: string;
    };
    expect(FunctionName).toBe('prod-settle-run');
    expect(JSON.parse(Payload)).toEqual({
      step: 'close',
      execution: {
        arn: EXECUTION,
        name: 'run-1',
        startedAt: '1970-01-01T00:00:00.000Z',
        redriveCount: 2,
      },
    });
  });

  it('a run that could not be closed is reported with the reason', async () => {
    const payload = '{"errorType":"AwsAccessDenied","errorMessage":"no"}';
    lambda.on(InvokeCommand).resolves({
      FunctionError: 'Unhandled',
      Payload: Object.assign(new TextEncoder().encode(payload), {
        transformToString: () => payload,
      }) as never,
    });
    await expect(runs.close(run)).rejects.toMatchObject({
      code: 'RunNotClosed',
      message: 'The summary of run run-1 could not be written: AwsAccessDenied: no',
    });
  });
});

describe('the newest remote runs', () => {
  it('the newest remote runs are listed from the executions of the state machine', async () => {
    states.on(ListExecutionsCommand).resolves({
      executions: [
        {
          executionArn: EXECUTION,
          stateMachineArn: stack.stateMachineArn,
          name: 'run-1',
          status: 'RUNNING',
          startDate: new Date(1),
        },
      ],
    });
    await expect(runs.newest(5)).resolves.toMatchObject([{ id: 'run-1', status: 'RUNNING' }]);
  });
});

describe('the console URL of a remote run', () => {
  it.each([
    ['eu-west-1', 'https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/'],
    ['cn-north-1', 'https://cn-north-1.console.amazonaws.cn/states/home?region=cn-north-1#/v2/'],
    ['us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com/states/home?'],
  ])('the console URL of a remote run has the domain of %s', (region, prefix) => {
    const there = createRemoteRuns({
      stack: { ...stack, region },
      states: new SFNClient({ region }),
      lambda: new LambdaClient({ region }),
      hasConsole: true,
    });
    expect(there.consoleUrl('run-1')).toContain(prefix);
  });

  it('the console URL of a remote run is undefined if another endpoint replaces AWS', () => {
    const client = new SFNClient({ region: 'eu-west-1' });
    const lambdaClient = new LambdaClient({ region: 'eu-west-1' });
    const options = { stack, states: client, lambda: lambdaClient, hasConsole: false };
    expect(createRemoteRuns(options).consoleUrl('run-1')).toBeUndefined();
  });
});
