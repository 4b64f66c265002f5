import { createBucket } from '../../src/adapters/aws/bucket.ts';
import { createS3Client } from '../../src/adapters/aws/clients/create-s3-client.ts';
import { createS3RunStore } from '../../src/adapters/aws/run-store.ts';
import type { StepRunStore } from '../../src/core/states/step-ports.ts';
import type { LambdaEnvironment } from '../environment.ts';

/** The runs in the bucket of the stack. */
export function runStore(environment: LambdaEnvironment): StepRunStore {
  const bucket = createBucket(createS3Client(), environment.required('runBucket'), 'function');
  return createS3RunStore(bucket);
}
