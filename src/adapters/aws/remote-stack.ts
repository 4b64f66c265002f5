import {
  type CloudFormationClient,
  DescribeStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { FanfoldError } from '../../core/errors.ts';
import type { RemoteStack } from '../../core/remote-runs.ts';
import { STACK_OUTPUTS } from '../../core/wire/stack-outputs.ts';
import { awsError } from './aws-error.ts';

/**
 * Looks a deployed stack up by its name. Throws `StackUnknown` where there is none in this account
 * and region, and `StackIncomplete` where it has not what a stack of Fanfold puts out.
 */
export async function findRemoteStack(
  client: Pick<CloudFormationClient, 'send' | 'config'>,
  name: string,
): Promise<RemoteStack> {
  const stack = await describe(client, name);
  const region = await client.config.region();
  if (stack === undefined) throw stackUnknown(name, region);
  const outputs = new Map(
    stack.Outputs?.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
  const output = (key: string): string => {
    const value = outputs.get(key);
    if (value) return value;
    throw stackIncomplete(stack, key);
  };
  return {
    name,
    region,
    stateMachineArn: output(STACK_OUTPUTS.stateMachineArn),
    runBucket: output(STACK_OUTPUTS.runBucketName),
    settleFunction: output(STACK_OUTPUTS.settleFunctionName),
    centralSecret: outputs.get(STACK_OUTPUTS.centralSecretArn),
    keySecret: outputs.get(STACK_OUTPUTS.keySecretArn),
    provisionMachineArn: outputs.get(STACK_OUTPUTS.provisionMachineArn),
  };
}

async function describe(
  client: Pick<CloudFormationClient, 'send' | 'config'>,
  name: string,
): Promise<Stack | undefined> {
  const action = `read the stack "${name}"`;
  let region: string | undefined;
  try {
    region = await client.config.region();
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }));
    return Stacks?.[0];
  } catch (error) {
    const { name: code, message } = error as Error;
    if (code === 'ValidationError' && /does not exist/.test(message)) return undefined;
    if (code === 'ValidationError') throw stackUnknown(name, region ?? 'this region', error);
    throw awsError(error, { action, region });
  }
}

function stackUnknown(name: string, region: string, cause?: unknown): FanfoldError {
  return new FanfoldError('StackUnknown', `There is no stack "${name}" in ${region}.`, {
    fault: 'configuration',
    nextStep:
      'Check the name, the region (AWS_REGION) and the account (`aws sts get-caller-identity`). The stacks that are there: `aws cloudformation describe-stacks --query "Stacks[].StackName"`',
    cause,
  });
}

function stackIncomplete({ StackName, StackStatus }: Stack, key: string): FanfoldError {
  return new FanfoldError(
    'StackIncomplete',
    `The stack "${StackName}" (${StackStatus}) has no output ${key}: it is not a stack of Fanfold, or was not deployed to its end.`,
    {
      fault: 'configuration',
      nextStep: 'Name the stack that `npx cdk deploy` made, or deploy it again.',
    },
  );
}
