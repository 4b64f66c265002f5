import { join } from 'node:path';
import { freePort, type LocalAws, launchLocalAws } from '../../tools/aws-local/launch.ts';

/** Wait states and delays of retries last a hundredth of their time. */
const TIME_SCALE = '0.01';
/** Functions at work at a time: as many processes as a small machine can use. */
const CONCURRENCY = '6';

export interface LocalAwsStage {
  /** Folder for its data; the caller removes it. */
  readonly folder: string;
  readonly notice: (message: string) => void;
  readonly signal: AbortSignal;
}

/** Starts a local AWS for the time of `work`. */
export async function usingLocalAws<Result>(
  { folder, notice, signal }: LocalAwsStage,
  work: (environment: LocalAws['environment']) => Promise<Result>,
): Promise<Result> {
  const { environment, stop } = await launchLocalAws({
    folder: join(folder, 'aws'),
    port: await freePort(),
    settings: {
      AWS_LOCAL_TIME_SCALE: TIME_SCALE,
      AWS_LOCAL_LAMBDA_CONCURRENCY: CONCURRENCY,
      // Networks are not enforced there.
      AWS_LOCAL_PLACEHOLDER_TYPES: 'AWS::EC2::SecurityGroupEgress,AWS::EC2::SecurityGroupIngress',
      // The server of the demo has no certificate, and its data is not worth protecting.
      AWS_LOCAL_LAMBDA_ENV_FANFOLD_TLS: 'off',
    },
    notice,
    signal,
  });
  try {
    return await work(environment);
  } finally {
    await stop();
  }
}
