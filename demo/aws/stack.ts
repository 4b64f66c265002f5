import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Summary } from '../../src/core/reduce/summary.ts';
import type { Narrator } from '../narrator.ts';
import { migrationsIn } from '../workspace.ts';
import type { Cdk } from './cdk.ts';

export const STACK = 'Fanfold';

/** The deployed stack, with the local AWS around it. */
export interface DeployedStack {
  /** By type, such as `AWS::Lambda::Function`. */
  readonly resources: ReadonlyMap<string, number>;
  /** Fills in a secret by the name of its output. */
  putSecret(output: string, value: string): Promise<void>;
  summary(runId: string): Promise<Summary>;
  report(runId: string): Promise<string>;
  /** Of a file of a run, as `s3://…`. */
  location(runId: string, file: string): string;
}

export interface StackStage {
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  /** Of the database servers. */
  readonly port: number;
  readonly cdk: Cdk;
  readonly narrator: Narrator;
}

/** Deploys the stack of this repository, with the migrations of the workspace, as anybody would. */
export async function deployStack(stage: StackStage): Promise<DeployedStack> {
  const { environment, folder, port, cdk } = stage;
  const account = `aws://${environment.CDK_DEFAULT_ACCOUNT}/${environment.CDK_DEFAULT_REGION}`;
  const assembly = join(folder, 'cdk.out');
  const config = {
    ...{ stackName: STACK, migrationsFolder: migrationsIn(folder) },
    ...{ databasePorts: [port], removalPolicy: 'destroy' },
  };
  const context = ['--output', assembly, '--context', `fanfold=${JSON.stringify(config)}`];
  await cdk.run(['bootstrap', account], context);
  await cdk.run(['deploy', STACK], ['--require-approval', 'never', ...context]);
  const outputs = await outputsOf(environment);
  return {
    resources: await resourcesIn(join(assembly, `${STACK}.template.json`)),
    ...stackOn(environment, outputs),
  };
}

function stackOn(
  environment: Readonly<Record<string, string>>,
  outputs: ReadonlyMap<string, string>,
): Omit<DeployedStack, 'resources'> {
  const secrets = new SecretsManagerClient(clientConfig(environment));
  const s3 = new S3Client({ ...clientConfig(environment), forcePathStyle: true });
  const Bucket = outputOf(outputs, 'RunBucketName');
  const keyOf = (runId: string, file: string) => `runs/${runId}/${file}`;
  const read = async (runId: string, file: string) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: keyOf(runId, file) }));
    return (await Body?.transformToString()) ?? '';
  };
  return {
    putSecret: async (output, SecretString) => {
      const SecretId = outputOf(outputs, output);
      await secrets.send(new PutSecretValueCommand({ SecretId, SecretString }));
    },
    summary: async (runId) => JSON.parse(await read(runId, 'summary.json')) as Summary,
    report: (runId) => read(runId, 'report.html'),
    location: (runId, file) => `s3://${Bucket}/${keyOf(runId, file)}`,
  };
}

/** Explicit, so that nothing of somebody's own account is looked at. */
function clientConfig(environment: Readonly<Record<string, string>>) {
  return {
    endpoint: environment.AWS_ENDPOINT_URL ?? '',
    region: environment.AWS_REGION ?? '',
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
    },
  };
}

async function outputsOf(
  environment: Readonly<Record<string, string>>,
): Promise<Map<string, string>> {
  const client = new CloudFormationClient(clientConfig(environment));
  const command = new DescribeStacksCommand({ StackName: STACK });
  const { Stacks: [stack] = [] } = await client.send(command);
  const outputs = stack?.Outputs ?? [];
  return new Map(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
}

async function resourcesIn(template: string): Promise<Map<string, number>> {
  const { Resources } = JSON.parse(await readFile(template, 'utf8')) as {
    Resources: Readonly<Record<string, { readonly Type: string }>>;
  };
  const counts = new Map<string, number>();
  for (const { Type } of Object.values(Resources)) counts.set(Type, (counts.get(Type) ?? 0) + 1);
  return counts;
}

function outputOf(outputs: ReadonlyMap<string, string>, key: string): string {
  const value = outputs.get(key);
  if (value === undefined) throw new Error(`The stack has no output ${key}.`);
  return value;
}
