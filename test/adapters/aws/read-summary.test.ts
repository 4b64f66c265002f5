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

it('readSummary reads the summary that was written', async () => {
  await expect(readSummary(bucketOf(JSON.stringify(summary)), 'run')).resolves.toEqual(summary);
});

it('readSummary counts a status that an earlier version did not have as zero', async () => {
  const { planned: _unknownThen, ...counts } = summary.counts;
  const written = JSON.stringify({ ...summary, counts });
  await expect(readSummary(bucketOf(written), 'run')).resolves.toEqual(summary);
});

it('readSummary returns undefined if there is no summary yet', async () => {
  await expect(readSummary(bucketOf(undefined), 'run')).resolves.toBeUndefined();
});

it('readSummary names the object of a damaged summary', async () => {
  await expect(readSummary(bucketOf('{"total":'), 'run')).rejects.toMatchObject({
    code: 'RunStoreUnreadable',
    message: expect.stringContaining('s3://runs/runs/run/summary.json'),
  });
});

it('readSummary reports a bucket that cannot be read', async () => {
  const denied = Object.assign(new Error('no'), { name: 'AccessDenied' });
  const bucket = { name: 'runs', readText: () => Promise.reject(denied) };
  await expect(readSummary(bucket, 'run')).rejects.toMatchObject({ code: 'RunStoreUnreadable' });
});
