import { DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import {
  DeleteFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { inject, onTestFinished } from 'vitest';
import type { LambdaName } from '../../../src/core/wire/lambda-names.ts';
import { awsClients } from './clients.ts';

/** Name of a secret that does not exist. */
export const MISSING_SECRET = 'no-such-secret-AbCdEf';

/** Settings of a function that a test may change until it ends. */
export interface FunctionSettings {
  readonly timeoutSeconds?: number | undefined;
  readonly memoryMegabytes?: number | undefined;
  /** Added to its own variables. A change gives the function new environments. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/** Name of the deployed function. */
export async function functionName(id: LambdaName): Promise<string> {
  const { environment, stack } = inject('aws');
  const command = new DescribeStackResourcesCommand({ StackName: stack.stackName });
  const { StackResources = [] } = await awsClients(environment).cloudFormation.send(command);
  const name = StackResources.filter(({ ResourceType }) => ResourceType === 'AWS::Lambda::Function')
    .map(({ PhysicalResourceId = '' }) => PhysicalResourceId)
    .find((physical) => physical.endsWith(`-${id}`));
  if (name === undefined) throw new Error(`The stack has no function ${id}.`);
  return name;
}

/** Changes a function's settings until the test ends. */
export async function configure(id: LambdaName, settings: FunctionSettings): Promise<void> {
  const { lambda } = awsClients(inject('aws').environment);
  const FunctionName = await functionName(id);
  const before = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const variables = before.Environment?.Variables ?? {};
  onTestFinished(async () => {
    await lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName,
        Timeout: before.Timeout,
        MemorySize: before.MemorySize,
        Environment: { Variables: variables },
      }),
    );
  });
  await lambda.send(
    new UpdateFunctionConfigurationCommand({
      FunctionName,
      Timeout: settings.timeoutSeconds ?? before.Timeout,
      MemorySize: settings.memoryMegabytes ?? before.MemorySize,
      Environment: { Variables: { ...variables, ...settings.environment } },
    }),
  );
}

/** Blocks all invocations during `work`. */
export async function whileThrottled<Result>(
  id: LambdaName,
  work: () => Promise<Result>,
): Promise<Result> {
  const { lambda } = awsClients(inject('aws').environment);
  const FunctionName = await functionName(id);
  const closed = { FunctionName, ReservedConcurrentExecutions: 0 };
  await lambda.send(new PutFunctionConcurrencyCommand(closed));
  try {
    return await work();
  } finally {
    await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
  }
}
