import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { inject } from 'vitest';
import { fixedKeyRing } from '../../../src/core/encryption/key-ring.ts';
import { parseKeyRing } from '../../../src/core/encryption/parse-key-ring.ts';
import { createPasswordSealer } from '../../../src/core/encryption/password-sealer.ts';
import type { Summary } from '../../../src/core/reduce/summary.ts';
import { type AwsClients, awsClients } from './clients.ts';
import { type Executions, executionsOf } from './executions.ts';
import { createFleet, type Fleet, rememberSecret } from './fleet.ts';

/** The deployed stack as a scenario uses it. */
export interface Stack {
  readonly clients: AwsClients;
  readonly executions: Executions;
  /** Executions of ProvisionTenant. */
  readonly provisionings: Executions;
  readonly outputs: Readonly<Record<string, string>>;
  /** The only tenants of the central database until the test ends. */
  fleet(tenants: number): Promise<Fleet>;
  /** Text of an object of the run store. */
  object(key: string): Promise<string>;
  putObject(key: string, text: string): Promise<void>;
  deleteObject(key: string): Promise<void>;
  /** Keys below a prefix of the run store. */
  keys(prefix: string): Promise<string[]>;
  /** `summary.json` of a run. */
  summary(runId: string): Promise<Summary>;
  secret(arn: string): Promise<string>;
  putSecret(arn: string, text: string): Promise<void>;
}

export function deployedStack(): Stack {
  const { environment, outputs, folder } = inject('aws');
  const clients = awsClients(environment);
  const { s3, secrets, stepFunctions } = clients;
  const Bucket = output(outputs, 'RunBucketName');
  const object = async (Key: string) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return (await Body?.transformToString()) ?? '';
  };
  const secret = async (SecretId: string) => {
    // AWS uses this stage by itself; the local endpoint returns the newest version.
    const command = new GetSecretValueCommand({ SecretId, VersionStage: 'AWSCURRENT' });
    const { SecretString = '' } = await secrets.send(command);
    return SecretString;
  };
  return {
    clients,
    outputs,
    executions: executionsOf(stepFunctions, output(outputs, 'StateMachineArn')),
    provisionings: executionsOf(stepFunctions, output(outputs, 'ProvisionMachineArn')),
    async fleet(tenants) {
      const text = await secret(output(outputs, 'KeySecretArn'));
      await rememberSecret(folder, text);
      const sealer = createPasswordSealer(fixedKeyRing(parseKeyRing(text)), undefined);
      return createFleet({ tenants, encrypt: (row, password) => sealer.seal(row, password) });
    },
    object,
    async putObject(Key, Body) {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
    },
    async deleteObject(Key) {
      await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    },
    async keys(Prefix) {
      const keys: string[] = [];
      for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix })) {
        keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
      }
      return keys;
    },
    summary: async (runId) => JSON.parse(await object(`runs/${runId}/summary.json`)),
    secret,
    async putSecret(SecretId, SecretString) {
      await secrets.send(new PutSecretValueCommand({ SecretId, SecretString }));
    },
  };
}

function output(outputs: Readonly<Record<string, string>>, key: string): string {
  const value = outputs[key];
  if (value === undefined) throw new Error(`The stack has no output ${key}.`);
  return value;
}
