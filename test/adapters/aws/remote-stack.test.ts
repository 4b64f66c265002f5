import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findRemoteStack } from '../../../src/adapters/aws/remote-stack.ts';
import { STACK_OUTPUTS } from '../../../src/core/wire/stack-outputs.ts';

const cloudFormation = mockClient(CloudFormationClient);
const client = new CloudFormationClient({ region: 'eu-west-1' });

afterEach(() => {
  cloudFormation.reset();
  vi.unstubAllEnvs();
});

function outputs(values: Readonly<Record<string, string>>) {
  return Object.entries(values).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
}

const ALL = {
  [STACK_OUTPUTS.stateMachineArn]: 'arn:machine',
  [STACK_OUTPUTS.runBucketName]: 'runs',
  [STACK_OUTPUTS.settleFunctionName]: 'prod-settle-run',
};

function answer(values: Readonly<Record<string, string>>): void {
  cloudFormation.on(DescribeStacksCommand, { StackName: 'prod' }).resolves({
    Stacks: [
      {
        StackName: 'prod',
        CreationTime: new Date(0),
        StackStatus: 'CREATE_COMPLETE',
        Outputs: outputs(values),
      },
    ],
  });
}

function refuse(name: string, message: string): void {
  cloudFormation.on(DescribeStacksCommand).rejects(Object.assign(new Error(message), { name }));
}

describe('findRemoteStack', () => {
  it("findRemoteStack reads the stack's outputs", async () => {
    answer({ ...ALL, Other: 'x' });
    await expect(findRemoteStack(client, 'prod')).resolves.toEqual({
      name: 'prod',
      region: 'eu-west-1',
      operatorFunctions: {},
      stateMachineArn: 'arn:machine',
      runBucket: 'runs',
      settleFunction: 'prod-settle-run',
      requiresRehearsal: false,
    });
  });

  const TWO = {
    ...ALL,
    [STACK_OUTPUTS.stateMachineArn]:
      'arn:aws:states:eu-west-1:1:stateMachine:one-tenant-migrations',
    StateMachineArntwob: 'arn:aws:states:eu-west-1:1:stateMachine:two-b-tenant-migrations',
    RunBucketNametwob: 'runs-of-two',
    SettleFunctionNametwob: 'two-b-settle-run',
  };

  it('findRemoteStack finds each of two constructs by its prefix', async () => {
    answer(TWO);
    await expect(findRemoteStack(client, 'prod/two-b')).resolves.toMatchObject({
      name: 'prod/two-b',
      runBucket: 'runs-of-two',
      settleFunction: 'two-b-settle-run',
    });
    await expect(findRemoteStack(client, 'prod/one')).resolves.toMatchObject({ runBucket: 'runs' });
  });

  it('findRemoteStack chooses none of two constructs by itself', async () => {
    answer(TWO);
    await expect(findRemoteStack(client, 'prod')).rejects.toMatchObject({
      code: 'StackAmbiguous',
      message: 'The stack "prod" has 2 fleets: "one", "two-b".',
      nextStep: expect.stringContaining('--aws prod/one'),
    });
    await expect(findRemoteStack(client, 'prod/three')).rejects.toMatchObject({
      code: 'StackAmbiguous',
      message: 'The stack "prod" has no fleet with the prefix "three"; it has "one", "two-b".',
    });
  });

  it.each(Object.keys(ALL))(
    'findRemoteStack reports that the output %s is missing',
    async (key) => {
      answer(Object.fromEntries(Object.entries(ALL).filter(([name]) => name !== key)));
      await expect(findRemoteStack(client, 'prod')).rejects.toMatchObject({
        code: 'StackIncomplete',
        message: `The stack "prod" (CREATE_COMPLETE) has no output ${key}: it is not a Fanfold stack, or its deployment is incomplete.`,
      });
    },
  );

  it.each([
    ['ValidationError', 'Stack with id prod does not exist', 'StackUnknown'],
    ['ValidationError', "1 validation error detected: Value 'a b'", 'StackUnknown'],
    ['ExpiredToken', 'The security token is expired', 'AwsCredentialsRefused'],
    ['AccessDenied', 'not authorized to perform: cloudformation:DescribeStacks', 'AwsAccessDenied'],
  ])(
    'findRemoteStack explains why the stack cannot be read: %s %s',
    async (name, message, code) => {
      refuse(name, message);
      await expect(findRemoteStack(client, 'prod')).rejects.toMatchObject({
        code,
        fault: 'configuration',
      });
    },
  );

  it('findRemoteStack reports that no region is set', async () => {
    for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE']) vi.stubEnv(name, '');
    vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
    await expect(findRemoteStack(new CloudFormationClient(), 'prod')).rejects.toMatchObject({
      code: 'AwsRegionMissing',
    });
  });
});
