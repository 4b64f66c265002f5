import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBucket } from '../../../src/adapters/aws/bucket.ts';
import { createS3RunStore } from '../../../src/adapters/aws/run-store.ts';
import { emptySummary } from '../../../src/core/reduce/add-outcome.ts';
import { collect, failedOutcome, idOf, migratedOutcome, stream } from '../../support/fleet.ts';
import { describeRunStore, recordOf } from '../../support/run-store-contract.ts';
import { BUCKET, type S3Server, startS3Server } from '../../support/s3-server.ts';
import { describeStepRunStore, EXECUTION, itemOf } from '../../support/step-run-store-contract.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

let s3: S3Server;
beforeAll(async () => {
  // The page is so small that every listing of more than two objects needs another page.
  s3 = await startS3Server({ pageSize: 2 });
});
afterAll(() => s3.close());
beforeEach(() => s3.objects.clear());

const openStore = () => createS3RunStore(createBucket(s3.client, BUCKET));
const open = async () => ({ store: openStore(), later: openStore() });

describeRunStore('the run store on S3', open);
describeStepRunStore('the shared run store on S3', open);

const ROUND = { wave: 1, round: 1 };

it('a run store counts a status that an earlier deployment did not have as zero', async () => {
  const round = { ...ROUND, members: 'wave', automatic: 0, retriesFrom: 1, failedElsewhere: 0 };
  const whole = emptySummary(3);
  const { reverted: _unknownThen, ...counts } = whole.counts;
  const then = { ...whole, counts };
  const written = { round, ofRound: then, ofRun: then, waves: [] };
  s3.put('runs/run-1/rounds/wave-1-round-1.summary.json', JSON.stringify(written));
  expect(await openStore().readRoundSummary('run-1', ROUND)).toMatchObject({
    ofRound: whole,
    ofRun: whole,
  });
});

it('a run store reads what an outcome leaves out from its own run only, and does without an object that is gone', async () => {
  const rest = { applied: [{ name: '1_a.js', durationMs: 4 }], before: 'runs/run-1/rests/2.json' };
  s3.put('runs/run-1/rests/1.json', JSON.stringify(rest));
  s3.put('runs/run-2/rests/1.json', JSON.stringify(rest));
  const read = (key: string) => openStore().readRest?.('run-1', key);
  expect(await read('runs/run-1/rests/1.json')).toEqual(rest);
  for (const key of [
    'runs/run-1/rests/2.json',
    'runs/run-2/rests/1.json',
    'runs/run-1/left.jsonl',
  ]) {
    expect(await read(key)).toBeUndefined();
  }
});

const lines = (...rows: unknown[]) => rows.map((row) => JSON.stringify(row)).join('\n');

/** Writes the result files of a Map Run; returns their keys. */
async function mapRan(
  name: string,
  files: Record<string, string>,
  modifiedAt?: Date,
  prefix = openStore().resultsPrefix('run-1', ROUND),
): Promise<void> {
  const folder = `${prefix}/${name}`;
  const ResultFiles: Record<string, { Key: string; Size: number }[]> = {};
  for (const [file, text] of Object.entries(files)) {
    const Key = `${folder}/${file}`;
    s3.put(Key, text, modifiedAt);
    const [status = ''] = file.split('_');
    ResultFiles[status] = [...(ResultFiles[status] ?? []), { Key, Size: Buffer.byteLength(text) }];
  }
  const manifest = { DestinationBucket: BUCKET, MapRunArn: 'arn', ResultFiles };
  s3.put(`${folder}/manifest.json`, JSON.stringify(manifest), modifiedAt);
}

const failedRow = (outcome: ReturnType<typeof failedOutcome>) => ({
  Status: 'FAILED',
  Error: 'TenantFailed',
  Cause: JSON.stringify({ errorType: 'TenantFailed', errorMessage: JSON.stringify(outcome) }),
  Input: JSON.stringify({ item: itemOf(outcome.position) }),
});

const readRound = () => collect(openStore().readOutcomes('run-1', 1, 1));

describe('results of a Map Run', () => {
  it("results of a Map Run are read through its manifest, after the lister's outcomes", async () => {
    const sink = await openStore().openOutcomes('run-1', 1, 1);
    await sink.append(migratedOutcome(0));
    await sink.close();
    await mapRan('map-1', {
      'SUCCEEDED_0.jsonl': lines(migratedOutcome(1), migratedOutcome(2)),
      'SUCCEEDED_1.jsonl': lines(migratedOutcome(3)),
      'FAILED_0.jsonl': `${lines(failedRow(failedOutcome(4)))}\n`,
      'PENDING_0.jsonl': lines({ Status: 'PENDING', Input: JSON.stringify({ item: itemOf(5) }) }),
    });
    s3.put(`${openStore().resultsPrefix('run-1', ROUND)}/map-1/SUCCEEDED_9.jsonl`, '{"cut');
    const outcomes = await readRound();
    expect(outcomes.map(({ status, position }) => [position, status])).toEqual([
      [0, 'migrated'],
      [1, 'migrated'],
      [2, 'migrated'],
      [3, 'migrated'],
      [4, 'failed'],
      [5, 'skipped'],
    ]);
    expect(await openStore().listRounds('run-1')).toEqual([ROUND]);
  });

  it('results of a probe are read after all others, and a batch that failed has none', async () => {
    const unchanged = (position: number) => {
      const { applied: _, ...facts } = migratedOutcome(position);
      return { ...facts, status: 'unchanged' };
    };
    const items = [itemOf(6), itemOf(7)];
    const failed = {
      Status: 'FAILED',
      Error: 'States.Timeout',
      Input: JSON.stringify({ Items: items }),
    };
    await mapRan(
      'probe-1',
      {
        'SUCCEEDED_0.jsonl': lines(unchanged(1), unchanged(2)),
        'FAILED_0.jsonl': `${lines(failed, { ...failed, Status: 'TIMED_OUT' })}\n`,
        'PENDING_0.jsonl': lines({ ...failed, Status: 'PENDING' }),
      },
      undefined,
      openStore().probePrefix('run-1', ROUND),
    );
    await mapRan('map-1', { 'SUCCEEDED_0.jsonl': lines(migratedOutcome(3)) });
    expect((await readRound()).map(({ status, position }) => [position, status])).toEqual([
      [3, 'migrated'],
      [1, 'unchanged'],
      [2, 'unchanged'],
    ]);
    const probed = await collect(openStore().readProbed('run-1', ROUND));
    expect(probed.map(({ position }) => position)).toEqual([1, 2]);
  });

  it('results of a redrive replace earlier results; the other tenants keep theirs', async () => {
    await mapRan(
      'map-1',
      {
        'SUCCEEDED_0.jsonl': lines(migratedOutcome(1)),
        'FAILED_0.jsonl': lines(failedRow(failedOutcome(2)), failedRow(failedOutcome(3))),
      },
      new Date('2026-11-23T06:00:00.000Z'),
    );
    for (const redrive of [2, 10]) {
      await mapRan(
        `map-1/Redrive-${redrive}`,
        {
          'SUCCEEDED_0.jsonl': lines(migratedOutcome(redrive === 10 ? 3 : 2)),
          'FAILED_0.jsonl': lines(failedRow(failedOutcome(redrive === 10 ? 4 : 3))),
        },
        new Date('2026-11-23T07:00:00.000Z'),
      );
    }
    const outcomes = await readRound();
    expect(outcomes.map(({ status, position }) => [position, status])).toEqual([
      [3, 'migrated'],
      [4, 'failed'],
      [2, 'migrated'],
      [1, 'migrated'],
    ]);
  });

  it('results of a later Map Run win, regardless of its name', async () => {
    await mapRan('b', { 'FAILED_0.jsonl': lines(failedRow(failedOutcome(1))) }, new Date(1_000));
    await mapRan('a', { 'SUCCEEDED_0.jsonl': lines(migratedOutcome(1)) }, new Date(9_000));
    expect(await readRound()).toEqual([migratedOutcome(1)]);
  });

  it('results are empty if the Map Run left no manifest', async () => {
    s3.put(`${openStore().resultsPrefix('run-1', ROUND)}/map-1/SUCCEEDED_0.jsonl`, 'x');
    expect(await readRound()).toEqual([]);
  });

  it('results in a damaged file are an error that names the file, not missing tenants', async () => {
    const folder = `${openStore().resultsPrefix('run-1', ROUND)}/map-1`;
    const file = `${folder}/SUCCEEDED_0.jsonl`;
    const text = lines(migratedOutcome(1), migratedOutcome(2));
    const damages: [() => void, string][] = [
      [() => s3.put(file, text.slice(0, -9)), `${text.length - 9} bytes, and ${text.length}`],
      [() => s3.put(file, text.replace('}\n{', ' \n{')), 'not JSON in line 1'],
      [() => s3.objects.delete(file), 'is missing'],
      [() => s3.put(`${folder}/manifest.json`, '{"cut'), 'is not JSON'],
      [() => s3.put(`${folder}/manifest.json`, '[]'), 'names no ResultFiles'],
      [() => s3.put(`${folder}/manifest.json`, '{"ResultFiles":{"FAILED":[{}]}}'), 'without Key'],
      [() => s3.put(`${folder}/manifest.json`, '{"ResultFiles":{"FAILED":7}}'), 'is not a list'],
    ];
    for (const [damage, message] of damages) {
      s3.objects.clear();
      await mapRan('map-1', { 'SUCCEEDED_0.jsonl': text });
      damage();
      expect(await rejectionOf(readRound())).toMatchObject({
        code: 'ResultFileDamaged',
        fault: 'configuration',
        message: expect.stringContaining(message),
      });
    }
  });
});

describe('refusals of a Map Run that reads shapes', () => {
  const refusal = { reason: 'The shape 0a1b was not rehearsed.', tenants: 2, named: ['a', 'b'] };
  const folder = () => `${openStore().shapesPrefix('run-1', 0)}/map-1`;
  const ran = (text: string) => {
    s3.objects.clear();
    const Key = `${folder()}/SUCCEEDED_0.jsonl`;
    s3.put(Key, text);
    const ResultFiles = { SUCCEEDED: [{ Key, Size: Buffer.byteLength(text) }] };
    s3.put(`${folder()}/manifest.json`, JSON.stringify({ ResultFiles }));
  };

  it('refusals are read through the manifest, and rows of batches that failed hold none', async () => {
    ran(`${lines(refusal, { Status: 'FAILED', Error: 'Sandbox.Timedout' }, refusal)}\n`);
    expect(await openStore().readRefusals('run-1', 0)).toEqual([refusal, refusal]);
    expect(await openStore().readRefusals('run-1', 1)).toBeUndefined();
    ran('');
    expect(await openStore().readRefusals('run-1', 0)).toEqual([]);
  });

  it('refusals in a damaged file are an error, and not tenants that may be migrated', async () => {
    ran('{"reason":"The sh');
    expect(await rejectionOf(openStore().readRefusals('run-1', 0))).toMatchObject({
      code: 'ResultFileDamaged',
    });
  });
});

describe('a large object in the bucket', () => {
  it('a large object in the bucket is uploaded in parts and read line by line, even if the stream breaks off', async () => {
    const store = openStore();
    const ids = Array.from({ length: 300_000 }, (_, number) => idOf(number));
    expect(await store.writeWave('run-1', 1, stream(ids))).toBe(ids.length);
    expect(s3.requests.filter((request) => request.includes('partNumber')).length).toBeGreaterThan(
      1,
    );
    s3.trouble({
      matches: (method, key) => method === 'GET' && key.endsWith('wave-1.jsonl'),
      times: 3,
      answer: 'cut',
    });
    let count = 0;
    for await (const id of store.readWave('run-1', 1)) {
      if (id !== ids[count]) expect(id).toBe(ids[count]);
      count += 1;
    }
    expect(count).toBe(ids.length);
  });

  it('a large object in the bucket is not patched together if it changes while its stream is interrupted', async () => {
    const store = openStore();
    await store.writeWave('run-1', 1, stream(Array.from({ length: 30_000 }, (_, n) => idOf(n))));
    s3.trouble({
      matches: (method, key) => method === 'GET' && key.endsWith('wave-1.jsonl'),
      times: 1,
      answer: 'cut',
    });
    const read = async () => {
      for await (const _ of store.readWave('run-1', 1))
        s3.put('runs/run-1/wave-1.jsonl', '"other"\n');
    };
    expect(await rejectionOf(read())).toMatchObject({ code: 'RunStoreUnreadable' });
  });
});

describe('a bucket that fails', () => {
  const always = (code: string, status: number) =>
    s3.trouble({
      matches: (_, key) => key.includes(code),
      times: Number.POSITIVE_INFINITY,
      answer: { status, code },
    });

  it.each([
    ['AccessDenied', 403, false, 'does not allow'],
    ['SlowDown', 503, true, 'throttled'],
    ['InternalError', 500, true, 'InternalError'],
    ['NoSuchBucket', 404, false, 'no such bucket'],
  ])(
    'a failure of the bucket is reported with its own code: %s',
    async (code, status, retryable, message) => {
      always(code, status);
      const store = openStore();
      const error = {
        fault: 'configuration',
        retryable,
        message: expect.stringContaining(message),
      };
      expect(await rejectionOf(store.readRun(code))).toMatchObject({
        ...error,
        code: 'RunStoreUnreadable',
      });
      expect(await rejectionOf(store.createRun(recordOf(code)))).toMatchObject({
        ...error,
        code: 'RunStoreUnwritable',
      });
      expect(await rejectionOf(store.writeWave(code, 1, stream(['a'])))).toMatchObject({
        ...error,
        code: 'RunStoreUnwritable',
      });
      expect(await rejectionOf(collect(store.readWave(code, 1)))).toMatchObject({
        ...error,
        code: 'RunStoreUnreadable',
      });
    },
  );

  it('a bucket that fails still returns an outcome that could not be stored', async () => {
    const store = openStore();
    await store.openRun({ ...recordOf('refusing'), execution: EXECUTION });
    s3.trouble({
      matches: (method, key) => method === 'PUT' && key.includes('refusing/results'),
      times: Number.POSITIVE_INFINITY,
      answer: { status: 403, code: 'AccessDenied' },
    });
    const sink = await store.openOutcomes('refusing', 1, 1);
    await sink.append(migratedOutcome(1));
    expect(await rejectionOf(sink.close())).toMatchObject({ code: 'RunStoreUnwritable' });
    expect(await collect(store.readOutcomes('refusing', 1, 1))).toEqual([migratedOutcome(1)]);
  });

  it('a bucket that fails names a missing list and a damaged object', async () => {
    const store = openStore();
    expect(await rejectionOf(collect(store.readWave('run-1', 3)))).toMatchObject({
      code: 'RunStoreUnreadable',
      message: expect.stringContaining('runs/run-1/wave-3.jsonl is missing'),
    });
    s3.put('runs/run-1/request.json', 'null');
    expect(await rejectionOf(store.readRun('run-1'))).toMatchObject({ code: 'RunStoreUnreadable' });
    s3.put('runs/run-1/request.json', '{"cut');
    expect(await rejectionOf(store.readRun('run-1'))).toMatchObject({ code: 'RunStoreUnreadable' });
    expect(await rejectionOf(store.listRuns())).toMatchObject({ code: 'RunStoreUnreadable' });
  });
});
