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
  it('reads what the stack puts out', async () => {
    answer({ ...ALL, Other: 'x' });
    await expect(findRemoteStack(client, 'prod')).resolves.toEqual({
      name: 'prod',
      region: 'eu-west-1',
      stateMachineArn: 'arn:machine',
      runBucket: 'runs',
      settleFunction: 'prod-settle-run',
    });
  });

  it.each(Object.keys(ALL))('says that %s is missing', async (key) => {
    answer(Object.fromEntries(Object.entries(ALL).filter(([name]) => name !== key)));
    await expect(findRemoteStack(client, 'prod')).rejects.toMatchObject({
      code: 'StackIncomplete',
      message: `The stack "prod" (CREATE_COMPLETE) has no output ${key}: it is not a stack of Fanfold, or was not deployed to its end.`,
    });
  });

  it.each([
    ['ValidationError', 'Stack with id prod does not exist', 'StackUnknown'],
    ['ValidationError', "1 validation error detected: Value 'a b'", 'StackUnknown'],
    ['ExpiredToken', 'The security token is expired', 'AwsCredentialsRefused'],
    ['AccessDenied', 'not authorized to perform: cloudformation:DescribeStacks', 'AwsAccessDenied'],
  ])('explains %s %s', async (name, message, code) => {
    refuse(name, message);
    await expect(findRemoteStack(client, 'prod')).rejects.toMatchObject({
      code,
      fault: 'configuration',
    });
  });

  it('says that no region is set', async () => {
    for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE']) vi.stubEnv(name, '');
    vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
    await expect(findRemoteStack(new CloudFormationClient(), 'prod')).rejects.toMatchObject({
      code: 'AwsRegionMissing',
    });
  });
});
