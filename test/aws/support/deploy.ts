import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { type CdkResult, runCdk } from './cdk.ts';
import { awsClients } from './clients.ts';
import type { Template } from './template.ts';

/** A stack to deploy: what cdk.json leaves open. */
export interface Deployable {
  readonly stackName: string;
  /** The value of `fanfold` in the context of cdk.json. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string>>;
  /** Folder of the synthesized assembly. */
  readonly assembly: string;
}

/** `cdk deploy`, whatever comes of it. */
export function deploy(stack: Deployable): Promise<CdkResult> {
  const args = [
    'deploy',
    stack.stackName,
    '--require-approval',
    'never',
    '--output',
    stack.assembly,
  ];
  return runCdk(
    [...args, '--context', `fanfold=${JSON.stringify(stack.config)}`],
    stack.environment,
  );
}

/** `cdk deploy`; throws with what it printed where it failed. */
export async function deployed(stack: Deployable): Promise<Record<string, string>> {
  const { succeeded, output } = await deploy(stack);
  if (!succeeded) throw new Error(`cdk deploy ${stack.stackName} failed:\n${output}`);
  return outputsOf(stack);
}

async function outputsOf({
  stackName,
  environment,
}: Pick<Deployable, 'stackName' | 'environment'>): Promise<Record<string, string>> {
  const { cloudFormation } = awsClients(environment);
  const command = new DescribeStacksCommand({ StackName: stackName });
  const { Stacks: [stack] = [] } = await cloudFormation.send(command);
  const outputs = stack?.Outputs ?? [];
  return Object.fromEntries(
    outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
}

export async function templateOf({ stackName, assembly }: Deployable): Promise<Template> {
  return JSON.parse(await readFile(join(assembly, `${stackName}.template.json`), 'utf8'));
}
