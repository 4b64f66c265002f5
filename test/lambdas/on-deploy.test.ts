import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { isComplete, onEvent } from '../../lambdas/on-deploy.ts';
import { redriveHint } from '../../lambdas/redrive-hint.ts';
import { runCause } from '../../src/core/wire/run-cause.ts';
import { rejectionOf } from '../support/thrown-by.ts';
import { INVOCATION } from './support/invocation.ts';

// Before the handlers are imported, which read it when they are made.
vi.hoisted(() => {
  process.env.AWS_REGION = 'eu-west-1';
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
});
const stacks = mockClient(CloudFormationClient);
const states = mockClient(SFNClient);

const MACHINE = 'arn:aws:states:eu-west-1:123456789012:stateMachine:acme';
const STACK = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/acme/11112222-aaaa';
const PROPERTIES = {
  ServiceToken: 'arn:aws:lambda:eu-west-1:123456789012:function:provider',
  stateMachineArn: MACHINE,
  bundleHash: 'b'.repeat(64),
  mode: 'wait',
  runOnCreate: 'false',
  request: '{"ifRunning":"skip"}',
  timeoutMinutes: '55',
};
// As CloudFormation sends them, by way of the provider framework.
const COMMON = {
  StackId: STACK,
  RequestId: '0f3f8c1e-6a3b-4d0e-9a2f-1c2d3e4f5a6b',
  LogicalResourceId: 'OnDeployRun',
  ResourceType: 'Custom::TenantMigrationsRun',
  ResponseURL: 'https://cloudformation-custom-resource-response-euwest1.s3.amazonaws.com/x',
  ServiceToken: PROPERTIES.ServiceToken,
};
const create = (properties = {}) => ({
  ...COMMON,
  RequestType: 'Create',
  ResourceProperties: { ...PROPERTIES, ...properties },
});
const update = (old: object = { bundleHash: 'a'.repeat(64) }, properties = {}) => ({
  ...create(properties),
  RequestType: 'Update',
  PhysicalResourceId: 'tenant-migrations-run',
  OldResourceProperties: { ...PROPERTIES, ...old },
});
const NAME = `deploy-${'b'.repeat(16)}-${COMMON.RequestId}`;
const EXECUTION = `arn:aws:states:eu-west-1:123456789012:execution:acme:${NAME}`;

beforeEach(() => {
  stacks.reset();
  states.reset();
  stackIs('UPDATE_IN_PROGRESS');
  states.on(StartExecutionCommand).resolves({ executionArn: EXECUTION });
});

function stackIs(
  StackStatus:
    | 'UPDATE_IN_PROGRESS'
    | 'CREATE_IN_PROGRESS'
    | 'UPDATE_ROLLBACK_IN_PROGRESS'
    | 'ROLLBACK_IN_PROGRESS',
) {
  stacks
    .on(DescribeStacksCommand, { StackName: STACK })
    .resolves({ Stacks: [{ StackName: 'acme', StackStatus, CreationTime: new Date() }] });
}
const started = () => states.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input);

describe('a deployment', () => {
  it('a deployment starts a run if the migrations have changed, under one name however often the request is repeated', async () => {
    const answer = {
      PhysicalResourceId: 'tenant-migrations-run',
      Data: { executionArn: EXECUTION, message: `The run ${NAME} was started.` },
    };
    expect(await onEvent(update(), INVOCATION)).toEqual(answer);
    const already = Object.assign(new Error('x'), { name: 'ExecutionAlreadyExists' });
    states.on(StartExecutionCommand).rejects(already);
    expect(await onEvent(update(), INVOCATION)).toEqual(answer);
    const call = { stateMachineArn: MACHINE, name: NAME, input: '{"ifRunning":"skip"}' };
    expect(NAME.length).toBeLessThanOrEqual(80);
    expect(started()).toEqual([call, call]);
  });

  it('a deployment starts no run if the migrations are the same', async () => {
    const same = { bundleHash: PROPERTIES.bundleHash, mode: 'start' };
    expect(await onEvent(update(same), INVOCATION)).toMatchObject({
      Data: { message: 'The migrations are the same as before.' },
    });
    expect(started()).toEqual([]);
  });

  it('a deployment starts a run if the earlier release had no such property', async () => {
    await onEvent(update({ bundleHash: undefined }), INVOCATION);
    expect(started()).toHaveLength(1);
  });

  it.each(['UPDATE_ROLLBACK_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS'] as const)(
    'a deployment starts no run while the stack is in %s',
    async (status) => {
      stackIs(status);
      for (const event of [update(), create({ runOnCreate: 'true' })]) {
        expect(await onEvent(event, INVOCATION)).toMatchObject({
          PhysicalResourceId: 'tenant-migrations-run',
          Data: { message: 'The stack is rolling back.' },
        });
      }
      expect(started()).toEqual([]);
    },
  );

  it('a deployment starts no run with the stack itself, unless that is requested', async () => {
    stackIs('CREATE_IN_PROGRESS');
    await onEvent(create(), INVOCATION);
    expect(started()).toEqual([]);
    await onEvent(create({ runOnCreate: 'true' }), INVOCATION);
    expect(started()).toHaveLength(1);
  });

  it('a deployment runs the migrations of a stack that gets onDeploy together with a new one', async () => {
    const exists = (bundleHash: string) =>
      stacks.on(DescribeStacksCommand, { StackName: STACK }).resolves({
        Stacks: [
          {
            StackName: 'acme',
            StackStatus: 'UPDATE_IN_PROGRESS',
            CreationTime: new Date(),
            Outputs: [
              { OutputKey: 'BundleHash', OutputValue: 'of another construct' },
              { OutputKey: 'BundleHashtwo', OutputValue: bundleHash },
            ],
          },
        ],
      });
    const added = create({ bundleHashOutput: 'BundleHashtwo' });
    exists(PROPERTIES.bundleHash);
    expect(await onEvent(added, INVOCATION)).toMatchObject({
      Data: { message: 'The migrations are the same as before.' },
    });
    expect(started()).toEqual([]);
    exists('a'.repeat(64));
    expect(await onEvent(added, INVOCATION)).toMatchObject({ Data: { executionArn: EXECUTION } });
    expect(started()).toHaveLength(1);
  });

  it('a deployment does nothing on delete, for any properties', async () => {
    const event = { ...update(), RequestType: 'Delete', ResourceProperties: { old: 'ones' } };
    const answer = await onEvent(event, INVOCATION);
    expect(answer.PhysicalResourceId).toBe('tenant-migrations-run');
    expect(await isComplete({ ...event, ...answer }, INVOCATION)).toEqual({ IsComplete: true });
    expect([...started(), ...stacks.calls()]).toEqual([]);
  });

  it.each([
    [{}],
    [null],
    [update({}, { mode: 'later' })],
    [update({}, { timeoutMinutes: '-5' })],
    [{ ...update(), RequestType: 'Destroy' }],
    [{ ...update(), StackId: undefined }],
  ])('a deployment refuses what CloudFormation does not send: %j', async (event) => {
    expect(await rejectionOf(onEvent(event, INVOCATION))).toMatchObject({ name: 'EventInvalid' });
    expect(started()).toEqual([]);
  });

  it('a deployment fails if it cannot find out whether the stack is rolling back', async () => {
    stacks.reset();
    stacks
      .on(DescribeStacksCommand)
      .rejects(Object.assign(new Error('no'), { name: 'AccessDenied' }));
    expect(await rejectionOf(onEvent(update(), INVOCATION))).toMatchObject({
      name: 'AwsAccessDenied',
      stack: '',
    });
    expect(started()).toEqual([]);
  });
});

describe('a deployment that waits', () => {
  const progress = (Data: object = { executionArn: EXECUTION, message: 'x' }, properties = {}) => ({
    ...update({}, properties),
    Data,
  });
  const executionIs = (differing: Partial<DescribeExecutionOutput>) =>
    states.on(DescribeExecutionCommand, { executionArn: EXECUTION }).resolves({
      status: 'RUNNING',
      startDate: new Date(),
      ...differing,
    });

  it.each([
    ['RUNNING', false],
    ['SUCCEEDED', true],
  ] as const)('a deployment that waits ends with its run: %s', async (status, complete) => {
    executionIs({ status });
    expect(await isComplete(progress(), INVOCATION)).toEqual({ IsComplete: complete });
  });

  it('a deployment that waits ends at once if no run was started, and in the mode start', async () => {
    executionIs({});
    expect(await isComplete(progress({ message: 'x' }), INVOCATION)).toEqual({ IsComplete: true });
    expect(await isComplete(progress(undefined, { mode: 'start' }), INVOCATION)).toEqual({
      IsComplete: true,
    });
  });

  it('a deployment that waits fails with the error of the run, cut to the length that CloudFormation shows', async () => {
    executionIs({
      status: 'FAILED',
      cause: JSON.stringify({
        errorType: 'TenantMigrationsFailed',
        errorMessage: runCause('3 of 40 tenants failed.', redriveHint(NAME)),
        trace: [''],
      }),
    });
    const error = (await rejectionOf(isComplete(progress(), INVOCATION))) as Error;
    expect(error).toMatchObject({ name: 'DeployedRunFailed', stack: '' });
    expect(error.message).toContain(`The run ${NAME} failed: 3 of 40 tenants failed.`);
    expect(error.message).toContain('tenants that were migrated stay migrated');
    expect(error.message).not.toContain('Redrive');
    executionIs({ status: 'ABORTED', cause: 'x'.repeat(9_000) });
    expect(
      ((await rejectionOf(isComplete(progress(), INVOCATION))) as Error).message.length,
    ).toBeLessThan(2_000);
    executionIs({ status: 'TIMED_OUT' });
    expect(await rejectionOf(isComplete(progress(), INVOCATION))).toMatchObject({
      message: expect.stringContaining('it is TIMED_OUT'),
    });
  });

  it('a deployment that waits fails after its time, and leaves the run alone', async () => {
    executionIs({ startDate: new Date(Date.now() - 55 * 60_000) });
    expect(await rejectionOf(isComplete(progress(), INVOCATION))).toMatchObject({
      name: 'DeployedRunTooSlow',
      message: expect.stringContaining('after 55 minutes; it continues'),
    });
    executionIs({ startDate: new Date(Date.now() - 54 * 60_000) });
    expect(await isComplete(progress(), INVOCATION)).toEqual({ IsComplete: false });
  });
});
