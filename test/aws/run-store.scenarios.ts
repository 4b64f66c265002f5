import { randomBytes } from 'node:crypto';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { createBucket } from '../../src/adapters/aws/bucket.ts';
import { createS3RunStore } from '../../src/adapters/aws/run-store.ts';
import { idOf, stream } from '../support/fleet.ts';
import { describeRunStore } from '../support/run-store-contract.ts';
import { describeStepRunStore } from '../support/step-run-store-contract.ts';
import { awsClients } from './support/clients.ts';

// The unit tests hold the store to its contract on a small S3 of their own; here it is another one's.

const { environment } = inject('aws');
const { s3 } = awsClients(environment);
afterAll(() => s3.destroy());

/** A bucket of one test's own, so that none finds the runs of another. */
async function open() {
  const name = `fanfold-contract-${randomBytes(6).toString('hex')}`;
  const LocationConstraint = (environment.AWS_REGION ?? 'eu-west-1') as 'eu-west-1';
  await s3.send(
    new CreateBucketCommand({ Bucket: name, CreateBucketConfiguration: { LocationConstraint } }),
  );
  const bucket = () => createS3RunStore(createBucket(s3, name));
  return { store: bucket(), later: bucket() };
}

describeRunStore('the run store on an S3 that is not ours', open);
describeStepRunStore('the shared run store on an S3 that is not ours', open);

describe('a large object', () => {
  it('a large object is uploaded in parts and read back line by line', async () => {
    const { store } = await open();
    const ids = Array.from({ length: 300_000 }, (_, number) => idOf(number));
    expect(await store.writeWave('run-1', 1, stream(ids))).toBe(ids.length);
    let count = 0;
    for await (const id of store.readWave('run-1', 1)) {
      if (id !== ids[count]) expect(id).toBe(ids[count]);
      count += 1;
    }
    expect(count).toBe(ids.length);
  });
});
