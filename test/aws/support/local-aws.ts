import { execFile } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from '../../../scripts/repository.mjs';
import { type RecordingProxy, startRecordingProxy } from './recording-proxy.ts';

/** An endpoint that speaks AWS, with the environment of its clients. */
export interface AwsEndpoint {
  readonly environment: Readonly<Record<string, string>>;
  /** Set if the functions run with our preload, which writes their calls to `calls`. */
  readonly recording: FunctionRecording | undefined;
  /** Folder of aws-local, if this run started it. */
  readonly folder: string | undefined;
  stop(): Promise<void>;
}

export interface FunctionRecording {
  /** The recording proxy, for others whose calls are to be recorded under their access key. */
  readonly url: string;
  /** A line of JSON a call. */
  readonly calls: string;
  /** While this file exists: a part of the keys of objects that are lost once a function has written them. */
  readonly loses: string;
}

/** Access keys under which the calls of command lines are recorded, one for each grant. */
export const OPERATOR = 'operator';
export const ROTATOR = 'rotator';
export const SIGN_UP = 'sign-up';

const tool = join(repository, 'tools/aws-local');
const run = promisify(execFile);

/** Waits of the state machine and delays of its retries last a hundredth of their time. */
const TIME_SCALE = '0.01';
/** Functions at work at a time: as many processes as a small machine can use. */
const CONCURRENCY = '6';

/**
 * The endpoint of AWS_ENDPOINT_URL if that is set, else a local one that is started for this run in
 * the folder and ends with it.
 */
export async function useAwsEndpoint(folder: string): Promise<AwsEndpoint> {
  return process.env.AWS_ENDPOINT_URL ? givenEndpoint(process.env) : startLocalAws(folder);
}

function givenEndpoint(environment: NodeJS.ProcessEnv): AwsEndpoint {
  const given = Object.entries(environment).filter(
    (entry): entry is [string, string] => /^(AWS|CDK)_/.test(entry[0]) && entry[1] !== undefined,
  );
  return {
    environment: Object.fromEntries(given),
    recording: undefined,
    folder: undefined,
    stop: async () => {},
  };
}

async function startLocalAws(folder: string): Promise<AwsEndpoint> {
  const port = await freePort();
  const calls = join(folder, 'calls.jsonl');
  const loses = join(folder, 'loses');
  const proxy = await startRecordingProxy(`http://127.0.0.1:${port}`, { calls, loses });
  const aws = join(folder, 'aws');
  await shareModules(aws);
  const environment = {
    ...process.env,
    AWS_LOCAL_TIME_SCALE: TIME_SCALE,
    AWS_LOCAL_LAMBDA_CONCURRENCY: CONCURRENCY,
    // Networks are not enforced there.
    AWS_LOCAL_PLACEHOLDER_TYPES: 'AWS::EC2::SecurityGroupEgress,AWS::EC2::SecurityGroupIngress',
    AWS_LOCAL_LAMBDA_ENV_NODE_OPTIONS: preloads(),
    AWS_LOCAL_LAMBDA_ENV_FANFOLD_TEST_PROXY: proxy.url,
  };
  try {
    const options = ['--dir', aws, '--port', String(port), '--node', process.execPath];
    // The processes that it starts write to files, so that this call returns.
    await run(join(tool, 'start'), options, { env: environment });
  } catch (error) {
    proxy.stop();
    throw error;
  }
  return {
    environment: localEnvironment(port),
    recording: { url: proxy.url, calls, loses },
    folder: aws,
    stop: () => stopLocalAws(aws, proxy),
  };
}

async function stopLocalAws(aws: string, proxy: RecordingProxy): Promise<void> {
  await run(join(tool, 'stop'), [aws]);
  proxy.stop();
}

/** The same variables that aws-local writes to `env.sh`. */
function localEnvironment(port: number): Record<string, string> {
  const region = 'eu-west-1';
  return {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'aws-local',
    AWS_SECRET_ACCESS_KEY: 'aws-local',
    AWS_SESSION_TOKEN: 'aws-local',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    CDK_DEFAULT_ACCOUNT: '123456789012',
    CDK_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** NODE_OPTIONS of the functions: the preload of aws-local, which ours would replace, and ours. */
function preloads(): string {
  const files = [
    join(tool, 'lambda/custom-resource-response.cjs'),
    join(import.meta.dirname, 'function-preload.cjs'),
  ];
  return files.map((file) => `--require ${JSON.stringify(file)}`).join(' ');
}

/** The npm packages of aws-local are installed once, not in every run's folder. */
async function shareModules(aws: string): Promise<void> {
  const shared = join(repository, 'node_modules/.cache/aws-local-modules');
  await mkdir(shared, { recursive: true });
  await mkdir(aws, { recursive: true });
  await symlink(shared, join(aws, 'modules'));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
