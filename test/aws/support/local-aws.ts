import { join } from 'node:path';
import { repository } from '../../../scripts/repository.mjs';
import { freePort, launchLocalAws } from '../../../tools/aws-local/launch.ts';
import { startRecordingProxy } from './recording-proxy.ts';

/** An endpoint that speaks AWS, with the environment of its clients. */
export interface AwsEndpoint {
  readonly environment: Readonly<Record<string, string>>;
  /** Set if the functions run with the preload of the tests, which writes their calls to `calls`. */
  readonly recording: FunctionRecording | undefined;
  /** Folder of aws-local, if this run started it. */
  readonly folder: string | undefined;
  stop(): Promise<void>;
}

export interface FunctionRecording {
  /** The recording proxy, for other clients whose calls are recorded under their access key. */
  readonly url: string;
  /** One line of JSON for each call. */
  readonly calls: string;
  /** While this file exists: a part of the keys of objects that disappear after a function has written them. */
  readonly loses: string;
}

/** Access keys under which the calls of command lines are recorded, one for each grant. */
export const OPERATOR = 'operator';
export const ROTATOR = 'rotator';
export const SIGN_UP = 'sign-up';
export const INSPECTOR = 'inspector';
export const RESOLVER = 'resolver';
export const PASSWORD_SETTER = 'password-setter';
export const MOVER = 'mover';
export const REPAIRER = 'repairer';
export const UNDOER = 'undoer';

const tool = join(repository, 'tools/aws-local');

/** Factor for waits of the state machine and delays of its retries. */
const TIME_SCALE = '0.01';
/** Maximum of busy functions, each a process: as many as a small machine can use. */
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
  const settings = {
    AWS_LOCAL_TIME_SCALE: TIME_SCALE,
    AWS_LOCAL_LAMBDA_CONCURRENCY: CONCURRENCY,
    // Networks are not enforced there.
    AWS_LOCAL_PLACEHOLDER_TYPES: 'AWS::EC2::SecurityGroupEgress,AWS::EC2::SecurityGroupIngress',
    AWS_LOCAL_LAMBDA_ENV_NODE_OPTIONS: preloads(),
    AWS_LOCAL_LAMBDA_ENV_FANFOLD_TEST_PROXY: proxy.url,
  };
  try {
    const { environment, stop } = await launchLocalAws({ folder: aws, port, settings });
    return {
      environment,
      recording: { url: proxy.url, calls, loses },
      folder: aws,
      stop: async () => {
        await stop();
        proxy.stop();
      },
    };
  } catch (error) {
    proxy.stop();
    throw error;
  }
}

/** NODE_OPTIONS of the functions: the preload of aws-local, which the variable would otherwise lose, and that of the tests. */
function preloads(): string {
  const files = [
    join(tool, 'lambda/custom-resource-response.cjs'),
    join(import.meta.dirname, 'function-preload.cjs'),
  ];
  return files.map((file) => `--require ${JSON.stringify(file)}`).join(' ');
}
