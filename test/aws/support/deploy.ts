import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { type CdkResult, runCdk } from './cdk.ts';
import { awsClients } from './clients.ts';
import type { Template } from './template.ts';

/** The values of a stack to deploy that cdk.json leaves open. */
export interface Deployable {
  readonly stackName: string;
  /** The value of `fanfold` in the context of cdk.json. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string>>;
  /** Folder of the synthesized assembly. */
  readonly assembly: string;
}

/**
 * Runs `cdk deploy`, and returns its result even if it failed. A stack that was synthesized before is not
 * synthesized again.
 */
export async function deploy(stack: Deployable): Promise<CdkResult> {
  const { stackName, config, environment, assembly } = stack;
  const kept = `${assembly}-${await hashOf(config)}`;
  const isKnown = existsSync(kept);
  if (isKnown) {
    await rm(assembly, { recursive: true, force: true });
    await cp(kept, assembly, { recursive: true });
  }
  const app = isKnown
    ? ['--app', assembly]
    : ['--output', assembly, '--context', `fanfold=${JSON.stringify(config)}`];
  const result = await runCdk(
    ['deploy', stackName, '--require-approval', 'never', ...app],
    environment,
  );
  if (!isKnown && result.succeeded) await cp(assembly, kept, { recursive: true });
  return result;
}

/** Differs for stacks with other settings or other migrations. */
async function hashOf(config: Deployable['config']): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(config));
  const { migrationsFolder } = config;
  if (typeof migrationsFolder === 'string') {
    for (const file of (await readdir(migrationsFolder)).sort()) {
      hash.update(file).update(await readFile(join(migrationsFolder, file)));
    }
  }
  return hash.digest('hex').slice(0, 12);
}

/** Runs `cdk deploy`; if it fails, throws an error with its output. */
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
