import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Summary } from '../../core/reduce/summary.ts';
import type { RemoteRuns } from '../../core/remote-runs.ts';
import type { StepRunStore } from '../../core/step-ports.ts';
import { createBucket } from './bucket.ts';
import { hasOwnEndpoint } from './own-endpoint.ts';
import { readSummary } from './read-summary.ts';
import { createRemoteRuns } from './remote-runs.ts';
import { findRemoteStack } from './remote-stack.ts';
import { createS3RunStore } from './run-store.ts';

/** What a person's own machine has of a deployed stack. */
export interface ConnectedStack {
  readonly runs: RemoteRuns;
  readonly store: StepRunStore & { readSummary(runId: string): Promise<Summary | undefined> };
}

/** A closed laptop or a lost network shows within this, and following tries again. */
const SOCKET = { connectionTimeout: 5_000, requestTimeout: 30_000 } as const;
/** Closing a stopped run reads all that its tenants reported: as long as a function may take. */
const LONGEST_CALL_MS = 15 * 60_000;

/**
 * Connects to the runs of a deployed stack. Region, credentials and an endpoint other than AWS's own
 * (`AWS_ENDPOINT_URL`) are looked for as the SDK does it. Throws what `findRemoteStack` throws.
 */
export async function connectToStack(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ConnectedStack> {
  const stack = await findRemoteStack(new CloudFormationClient({ requestHandler: SOCKET }), name);
  const { region } = stack;
  const bucket = createBucket(
    new S3Client({
      region,
      requestHandler: SOCKET,
      // Endpoints that stand in for AWS seldom have a host name for each bucket.
      forcePathStyle: hasOwnEndpoint(env),
    }),
    stack.runBucket,
  );
  return {
    runs: createRemoteRuns({
      stack,
      states: new SFNClient({ region, requestHandler: SOCKET }),
      lambda: new LambdaClient({
        region,
        // Whatever the answer, asking once is enough.
        maxAttempts: 1,
        requestHandler: { ...SOCKET, requestTimeout: LONGEST_CALL_MS },
      }),
      hasConsole: !hasOwnEndpoint(env),
    }),
    store: {
      ...createS3RunStore(bucket),
      readSummary: (runId) => readSummary(bucket, runId),
    },
  };
}
