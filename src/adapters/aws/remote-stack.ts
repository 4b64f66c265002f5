import {
  type CloudFormationClient,
  DescribeStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { FanfoldError } from '../../core/errors.ts';
import type { RemoteStack } from '../../core/remote/remote-runs.ts';
import { OPERATOR_FUNCTION_NAMES, OPERATOR_FUNCTIONS } from '../../core/wire/operator-functions.ts';
import { STACK_OUTPUTS } from '../../core/wire/stack-outputs.ts';
import { awsError } from './aws-error.ts';

/**
 * Looks a deployed stack up by its name, or a construct in it by `<stack>/<prefix>`. Throws `StackUnknown` if
 * this account and region have no such stack, `StackIncomplete` if it lacks an output of Fanfold, and
 * `StackAmbiguous` if it has several constructs and the name does not decide.
 */
export async function findRemoteStack(
  client: Pick<CloudFormationClient, 'send' | 'config'>,
  name: string,
): Promise<RemoteStack> {
  const { stackName, prefix } = parsed(name);
  const stack = await describe(client, stackName);
  const region = await client.config.region();
  if (stack === undefined) throw stackUnknown(stackName, region);
  const outputs = new Map(
    stack.Outputs?.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
  const suffix = chosenSuffix(stack, outputs, prefix);
  const optional = (key: string) => outputs.get(`${key}${suffix}`);
  const output = (key: string): string => {
    const value = optional(key);
    if (value) return value;
    throw stackIncomplete(stack, key);
  };
  return {
    name,
    region,
    stateMachineArn: output(STACK_OUTPUTS.stateMachineArn),
    runBucket: output(STACK_OUTPUTS.runBucketName),
    settleFunction: output(STACK_OUTPUTS.settleFunctionName),
    centralSecret: optional(STACK_OUTPUTS.centralSecretArn),
    centralDatabase: optional(STACK_OUTPUTS.centralDatabase),
    keySecret: optional(STACK_OUTPUTS.keySecretArn),
    provisionMachineArn: optional(STACK_OUTPUTS.provisionMachineArn),
    requiresRehearsal: optional(STACK_OUTPUTS.requiresRehearsal) === 'true',
    operatorFunctions: Object.fromEntries(
      OPERATOR_FUNCTION_NAMES.map((each) => [each, optional(OPERATOR_FUNCTIONS[each].output)]),
    ),
  };
}

/** A stack's name has no slash; its ARN has some, and is taken as it is. */
function parsed(name: string): { stackName: string; prefix: string | undefined } {
  if (name.startsWith('arn:')) return { stackName: name, prefix: undefined };
  const [stackName = '', prefix] = name.split('/', 2);
  return { stackName, prefix };
}

/** The end of the names of a construct's outputs; empty for the first one of a stack. */
function chosenSuffix(
  stack: Stack,
  outputs: ReadonlyMap<string, string>,
  prefix: string | undefined,
): string {
  const machines = [...outputs].filter(([key]) => key.startsWith(STACK_OUTPUTS.stateMachineArn));
  const constructs = machines.map(([key, arn]) => ({
    suffix: key.slice(STACK_OUTPUTS.stateMachineArn.length),
    prefix: /:([^:]+)-tenant-migrations$/.exec(arn)?.[1] ?? '',
  }));
  if (prefix === undefined && constructs.length <= 1) return constructs[0]?.suffix ?? '';
  const chosen = constructs.find((one) => one.prefix === prefix);
  if (chosen !== undefined) return chosen.suffix;
  throw stackAmbiguous(
    stack,
    prefix,
    constructs.map((one) => one.prefix),
  );
}

function stackAmbiguous(
  { StackName }: Stack,
  prefix: string | undefined,
  prefixes: readonly string[],
): FanfoldError {
  const all = prefixes.map((one) => `"${one}"`).join(', ');
  const message =
    prefix === undefined
      ? `The stack "${StackName}" has ${prefixes.length} fleets: ${all}.`
      : `The stack "${StackName}" has no fleet with the prefix "${prefix}"; it has ${all || 'none'}.`;
  return new FanfoldError('StackAmbiguous', message, {
    fault: 'configuration',
    nextStep: `Name one of them after the stack, such as ${`--aws ${StackName}/${prefixes[0] ?? 'prefix'}`}.`,
  });
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
      'Check the name, the region (AWS_REGION) and the account (`aws sts get-caller-identity`). To list the existing stacks: `aws cloudformation describe-stacks --query "Stacks[].StackName"`',
    cause,
  });
}

function stackIncomplete({ StackName, StackStatus }: Stack, key: string): FanfoldError {
  return new FanfoldError(
    'StackIncomplete',
    `The stack "${StackName}" (${StackStatus}) has no output ${key}: it is not a Fanfold stack, or its deployment is incomplete.`,
    {
      fault: 'configuration',
      nextStep: 'Name the stack that `npx cdk deploy` created, or deploy it again.',
    },
  );
}
