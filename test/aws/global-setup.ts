import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { createConnection } from 'mysql2/promise';
import type { TestProject } from 'vitest/node';
import { migrateCentralLatest } from '../../src/adapters/knex/central-migrations.ts';
import setUpServer from '../global-setup.ts';
import { runCdk } from './support/cdk.ts';
import { awsClients } from './support/clients.ts';
import { type Deployable, deployed } from './support/deploy.ts';
import { rememberSecret } from './support/fleet.ts';
import { type FunctionRecording, useAwsEndpoint } from './support/local-aws.ts';
import { writeTenantMigrations } from './support/tenant-migrations.ts';

/** Facts about the deployment for the scenarios. */
interface AwsFacts {
  /** Region, endpoint and credentials. */
  readonly environment: Readonly<Record<string, string>>;
  readonly recording: FunctionRecording | undefined;
  /** Folder of aws-local, if this run started it. */
  readonly localFolder: string | undefined;
  /** For files of this run. */
  readonly folder: string;
  readonly stack: Deployable;
  readonly outputs: Readonly<Record<string, string>>;
  readonly central: CentralLogin;
  readonly admin: Administrator;
}

/** The login with which the provisioner makes databases and users. */
interface Administrator {
  readonly user: string;
  readonly password: string;
  readonly secretArn: string;
}

interface CentralLogin {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly aws: AwsFacts;
  }
}

/** One deployment of the real stack for all scenarios, with an empty central database. */
export default async function setUpAws(project: TestProject): Promise<() => Promise<void>> {
  const closing: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of closing.reverse()) await end();
  };
  try {
    closing.push(await setUpServer(project));
    const folder = await mkdtemp(join(tmpdir(), 'fanfold-aws-'));
    if (!process.env.FANFOLD_TEST_KEEP)
      closing.push(() => rm(folder, { recursive: true, force: true }));
    const endpoint = await useAwsEndpoint(folder);
    closing.push(endpoint.stop);
    const central = await createCentral(project, closing);
    await rememberSecret(folder, central.password);
    const { environment, recording } = endpoint;
    const admin = await createAdministrator(project, environment, closing);
    await rememberSecret(folder, admin.password);
    const stack = await describeStack(folder, environment, central.port, admin);
    await bootstrap(environment, folder);
    const outputs = await timed(`Deploying ${stack.stackName}`, () =>
      deployed({ ...stack, environment: { ...environment, CDK_VALIDATION: 'true' } }),
    );
    await fillInCentralSecret(environment, outputs, central);
    project.provide('aws', {
      ...{ environment, recording, folder, stack, outputs, central, admin },
      localFolder: endpoint.folder,
    });
    return close;
  } catch (error) {
    await close();
    throw error;
  }
}

async function createCentral(
  project: TestProject,
  closing: (() => Promise<unknown>)[],
): Promise<CentralLogin> {
  const { host, port, user: root, password: rootPassword } = project.getProvidedContext().server;
  const name = `ff_aws_central_${randomBytes(4).toString('hex')}`;
  const password = `central-${randomBytes(12).toString('base64url')}`;
  const connection = await createConnection({ host, port, user: root, password: rootPassword });
  await connection.query(`CREATE DATABASE \`${name}\``);
  await connection.query(`CREATE USER '${name}'@'%' IDENTIFIED BY '${password}'`);
  await connection.query(`GRANT ALL ON \`${name.replaceAll('_', '\\_')}\`.* TO '${name}'@'%'`);
  closing.push(async () => {
    await connection.query(`DROP DATABASE \`${name}\``);
    await connection.query(`DROP USER '${name}'@'%'`);
    await connection.end();
  });
  const login = { host, port, database: name, user: name, password };
  await migrateCentralLatest({ login });
  return login;
}

/** An administrator with the rights of docs/explanation/security.md, in a secret as RDS writes it. */
async function createAdministrator(
  project: TestProject,
  environment: Readonly<Record<string, string>>,
  closing: (() => Promise<unknown>)[],
): Promise<Administrator> {
  const { host, port, user: root, password: rootPassword } = project.getProvidedContext().server;
  const user = `ff_aws_admin_${randomBytes(4).toString('hex')}`;
  const password = `admin-${randomBytes(12).toString('base64url')}`;
  const connection = await createConnection({ host, port, user: root, password: rootPassword });
  await connection.query(`CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`);
  await connection.query(`GRANT ALL ON *.* TO '${user}'@'%' WITH GRANT OPTION`);
  closing.push(async () => {
    await connection.query(`DROP USER '${user}'@'%'`);
    await connection.end();
  });
  const { ARN = '' } = await awsClients(environment).secrets.send(
    new CreateSecretCommand({
      Name: user,
      SecretString: JSON.stringify({ username: user, password, host, port }),
    }),
  );
  return { user, password, secretArn: ARN };
}

async function describeStack(
  folder: string,
  environment: Readonly<Record<string, string>>,
  port: number,
  { secretArn }: Administrator,
): Promise<Deployable> {
  const migrationsFolder = join(folder, 'migrations');
  await writeTenantMigrations(migrationsFolder, join(folder, 'orders'));
  const stackName = `fanfold-${randomBytes(3).toString('hex')}`;
  const { TopicArn } = await awsClients(environment).topics.send(
    new CreateTopicCommand({ Name: `${stackName}-rollouts` }),
  );
  return {
    stackName,
    config: {
      ...{ stackName, migrationsFolder, databasePorts: [port], removalPolicy: 'destroy' },
      schedule: { expression: 'rate(1 day)', request: { maxConcurrency: 2 } },
      provisioning: { adminSecrets: [{ arn: secretArn }] },
      notifyTopicArn: TopicArn,
    },
    environment,
    assembly: join(folder, 'cdk.out'),
  };
}

/** Fills in host and password, as somebody does once after the first deployment. */
async function fillInCentralSecret(
  environment: Readonly<Record<string, string>>,
  outputs: Readonly<Record<string, string>>,
  { host, port, database, user, password }: CentralLogin,
): Promise<void> {
  await awsClients(environment).secrets.send(
    new PutSecretValueCommand({
      SecretId: outputs.CentralSecretArn,
      SecretString: JSON.stringify({ username: user, password, host, port, dbname: database }),
    }),
  );
}

async function bootstrap(
  environment: Readonly<Record<string, string>>,
  folder: string,
): Promise<void> {
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = environment;
  await timed('Bootstrapping', async () => {
    const { succeeded, output } = await runCdk(
      ['bootstrap', `aws://${account}/${region}`],
      environment,
      // A folder without cdk.json, since bootstrapping needs no app.
      folder,
    );
    if (!succeeded) throw new Error(`cdk bootstrap failed:\n${output}`);
  });
}

/** Prints the duration of a step that takes long. */
async function timed<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  const start = performance.now();
  const result = await work();
  process.stdout.write(`${what}: ${((performance.now() - start) / 1000).toFixed(1)} s.\n`);
  return result;
}
