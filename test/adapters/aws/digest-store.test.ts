import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createBucket } from '../../../src/adapters/aws/bucket.ts';
import { createS3DigestStore } from '../../../src/adapters/aws/digest-store.ts';
import type { DigestSnapshot } from '../../../src/core/digests/statement-digest.ts';
import { BUCKET, type S3Server, startS3Server } from '../../support/s3-server.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

let s3: S3Server;
beforeAll(async () => {
  s3 = await startS3Server();
});
afterAll(() => s3.close());
beforeEach(() => s3.objects.clear());

const open = () => createS3DigestStore(createBucket(s3.client, BUCKET));

function counted(count: number, text = 'SELECT `name` FROM `customers`'): DigestSnapshot {
  const counters = { count, timeMs: count / 3, rowsExamined: 2 * count, errors: 1 };
  return { isCut: true, statements: new Map([['d1', { digest: 'd1', text, ...counters }]]) };
}

it('readings before a wave are kept as they were first, and come back without the texts of statements', async () => {
  await open().keepBefore('run-1', 1, new Map([['t1', counted(10)]]));
  await open().keepBefore('run-1', 1, new Map([['t1', counted(99)]]));
  expect(await open().readReadings('run-1', 1)).toEqual({
    before: new Map([['t1', counted(10, '')]]),
    start: new Map(),
  });
  expect(JSON.stringify([...s3.objects.values()].map(String))).not.toContain('customers');
});

it('readings at the beginning of an interval are replaced', async () => {
  await open().keepBefore('run-1', 2, new Map([['t1', counted(10)]]));
  for (const count of [20, 30]) {
    await open().writeStart('run-1', 2, new Map([['t1', counted(count)]]));
  }
  expect((await open().readReadings('run-1', 2))?.start).toEqual(
    new Map([['t1', counted(30, '')]]),
  );
});

it('readings that are not there, or are of another wave, are none', async () => {
  await open().keepBefore('run-1', 1, new Map());
  expect(await open().readReadings('run-1', 2)).toBeUndefined();
});

it('readings that are damaged are an error which names the object', async () => {
  s3.put('runs/run-1/digests/wave-1-before.json', '{"t1":');
  expect(await rejectionOf(open().readReadings('run-1', 1))).toMatchObject({
    code: 'RunStoreUnreadable',
    message: expect.stringContaining('runs/run-1/digests/wave-1-before.json'),
  });
});
