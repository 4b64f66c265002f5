import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { STSClient } from '@aws-sdk/client-sts';
import type { Summary } from '../../core/reduce/summary.ts';
import type { RemoteApprovals } from '../../core/remote/remote-approvals.ts';
import type { RemoteRuns } from '../../core/remote/remote-runs.ts';
import type { StepRunStore } from '../../core/states/step-ports.ts';
import { createBucket } from './bucket.ts';
import { hasOwnEndpoint } from './has-own-endpoint.ts';
import { readSummary } from './read-summary.ts';
import { createRemoteApprovals } from './remote-approvals.ts';
import { createRemoteRuns } from './remote-runs.ts';
import { findRemoteStack } from './remote-stack.ts';
import { createS3RunStore } from './run-store.ts';

/** Access to a deployed stack from a person's machine. */
export interface ConnectedStack {
  readonly runs: RemoteRuns;
  readonly store: StepRunStore & { readSummary(runId: string): Promise<Summary | undefined> };
}

/** Timeouts in milliseconds. A closed laptop or a lost network is noticed within them, and `follow` tries again. */
const SOCKET = { connectionTimeout: 5_000, requestTimeout: 30_000 } as const;
/** The maximum duration of a function: closing a stopped run reads all its outcomes. */
const LONGEST_CALL_MS = 15 * 60_000;

/**
 * Connects to the runs of a deployed stack. Region, credentials and a custom endpoint (`AWS_ENDPOINT_URL`)
 * come from the SDK. Throws the errors of `findRemoteStack`.
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
      // Endpoints that replace AWS rarely have a host name for each bucket.
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
        // The function is invoked only once, because it may run for minutes.
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

/** Connects to the runs of a deployed stack that wait for an approval; throws as {@link connectToStack}. */
export async function connectToApprovals(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ConnectedStack & { readonly approvals: RemoteApprovals }> {
  const connected = await connectToStack(name, env);
  const { region } = connected.runs.stack;
  return {
    ...connected,
    approvals: createRemoteApprovals({
      states: new SFNClient({ region, requestHandler: SOCKET }),
      identities: new STSClient({ region, requestHandler: SOCKET }),
      region,
    }),
  };
}
