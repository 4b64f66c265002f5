import { expect, it } from 'vitest';
import { readSummary } from '../../../src/adapters/aws/read-summary.ts';
import { addOutcome, emptySummary } from '../../../src/core/reduce/add-outcome.ts';
import { refOf } from '../../support/fleet.ts';

const bucketOf = (text: string | undefined) => ({ name: 'runs', readText: async () => text });

const summary = addOutcome(emptySummary(1), {
  status: 'unchanged',
  tenant: refOf(0),
  wave: 1,
  position: 0,
  tries: 1,
  durationMs: 1,
  notes: [],
});

it('reads what was written', async () => {
  await expect(readSummary(bucketOf(JSON.stringify(summary)), 'run')).resolves.toEqual(summary);
});

it('takes a status that an earlier version did not count for none', async () => {
  const { planned: _unknownThen, ...counts } = summary.counts;
  const written = JSON.stringify({ ...summary, counts });
  await expect(readSummary(bucketOf(written), 'run')).resolves.toEqual(summary);
});

it('is nothing where there is none yet', async () => {
  await expect(readSummary(bucketOf(undefined), 'run')).resolves.toBeUndefined();
});

it('says which object is damaged', async () => {
  await expect(readSummary(bucketOf('{"total":'), 'run')).rejects.toMatchObject({
    code: 'RunStoreUnreadable',
    message: expect.stringContaining('s3://runs/runs/run/summary.json'),
  });
});

it('says that the bucket cannot be read', async () => {
  const denied = Object.assign(new Error('no'), { name: 'AccessDenied' });
  const bucket = { name: 'runs', readText: () => Promise.reject(denied) };
  await expect(readSummary(bucket, 'run')).rejects.toMatchObject({ code: 'RunStoreUnreadable' });
});
