import { expect, it, onTestFinished } from 'vitest';
import { createBucket } from '../../src/adapters/aws/bucket.ts';
import { createS3RunStore } from '../../src/adapters/aws/run-store.ts';
import { createBundle } from '../../src/core/bundle/bundle.ts';
import { listTenants } from '../../src/core/states/list-tenants.ts';
import { migrateItem } from '../../src/core/states/migrate-item.ts';
import { openRun } from '../../src/core/states/open-run.ts';
import { recordOutcomes } from '../../src/core/states/record-outcomes.ts';
import { reduceOutcomes } from '../../src/core/states/reduce-outcomes.ts';
import { settleRun } from '../../src/core/states/settle-run.ts';
import * as wire from '../../src/core/wire/step-schemas.ts';
import { directoryOf, fleetOf, migratedAttempt } from '../support/fleet.ts';
import { BUCKET, startS3Server } from '../support/s3-server.ts';
import { rejectionOf } from '../support/thrown-by.ts';
import { type Driving, redriveExecution } from './drive-execution.ts';
import { EARLIER_VERSIONS, readFixture } from './fixtures-of.ts';
import { MIGRATIONS, RUN_ID } from './scenario.ts';

interface RecordedEvent {
  readonly step?: 'open' | 'list' | 'record' | 'settle';
  readonly item?: object;
}

const states = {
  openRun,
  listTenants,
  migrateItem,
  reduceOutcomes,
  recordOutcomes,
  settleRun,
  wire,
};

const schemas = {
  open: wire.openRunEventSchema,
  list: wire.listTenantsEventSchema,
  record: wire.recordOutcomesEventSchema,
  settle: wire.settleRunEventSchema,
};

/** An execution as an earlier version has left it: two of six tenants failed, and SettleRun threw. */
async function earlierExecution(version: string) {
  const s3 = await startS3Server();
  onTestFinished(() => s3.close());
  for (const [key, text] of Object.entries(readFixture<object>(version, 'bucket.json'))) {
    s3.put(key, text);
  }
  const attempted: string[] = [];
  let maps = 1;
  const driving: Driving = {
    states,
    store: createS3RunStore(createBucket(s3.client, BUCKET)),
    directory: directoryOf(fleetOf(6)),
    bundle: createBundle(
      Object.keys(MIGRATIONS).map((file) => ({
        id: file.replace('.js', ''),
        extension: '.js',
        checksum: file,
        load: () => Promise.reject(new Error('not loaded')),
      })),
    ),
    attempt: (slug) => {
      attempted.push(slug);
      return migratedAttempt;
    },
    readItems: (key) =>
      (s3.text(key) ?? '')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
    writeResults: (prefix, rows) => {
      const text = rows.map((row) => JSON.stringify(row)).join('\n');
      maps += 1;
      const Key = `${prefix}/map-${maps}/SUCCEEDED_0.jsonl`;
      s3.put(Key, text);
      const ResultFiles = { SUCCEEDED: [{ Key, Size: Buffer.byteLength(text) }] };
      const manifest = { DestinationBucket: BUCKET, MapRunArn: 'arn', ResultFiles };
      s3.put(`${prefix}/map-${maps}/manifest.json`, JSON.stringify(manifest));
    },
    onEvent: () => {},
  };
  const events = readFixture<RecordedEvent[]>(version, 'events.json');
  const settling = wire.settleRunEventSchema.parse(events.at(-1));
  // As the context object of a redriven execution has it.
  const redriven = { ...settling, execution: { ...settling.execution, redriveCount: 1 } };
  return { s3, driving, attempted, events, settling: redriven };
}

it.each(EARLIER_VERSIONS)(
  'this version reads every event that the states of %s were invoked with',
  (version) => {
    const events = readFixture<RecordedEvent[]>(version, 'events.json');
    const seen = new Set<string>();
    for (const event of events) {
      const { step } = event;
      const schema =
        step !== undefined
          ? schemas[step]
          : event.item === undefined
            ? wire.reduceOutcomesEventSchema
            : wire.migrateTenantEventSchema;
      seen.add(step ?? (event.item === undefined ? 'reduce' : 'migrate'));
      expect(schema.safeParse(event).error).toBeUndefined();
    }
    expect([...seen].toSorted()).toEqual(['list', 'migrate', 'open', 'record', 'reduce', 'settle']);
  },
);

it.each(EARLIER_VERSIONS)(
  'this version resumes an execution that %s has left failed, after a redrive in the console',
  async (version) => {
    const { driving, attempted, settling } = await earlierExecution(version);
    expect(await redriveExecution(driving, settling)).toMatchObject({
      decision: 'DONE',
      summary: { total: 6, counts: { migrated: 6, failed: 0, unknown: 0 } },
    });
    expect(attempted.toSorted()).toEqual(['tenant-001', 'tenant-004']);
  },
);

it('an execution of a later version is refused before anything is written', async () => {
  const { s3, driving, attempted, settling } = await earlierExecution(
    EARLIER_VERSIONS.at(-1) ?? 'none',
  );
  const key = `runs/${RUN_ID}/request.json`;
  s3.put(key, JSON.stringify({ ...JSON.parse(s3.text(key) ?? ''), format: 2 }));
  const before = new Map(s3.objects);
  expect(await rejectionOf(redriveExecution(driving, settling))).toMatchObject({
    code: 'RunNewer',
    fault: 'configuration',
    message: `A later version of Fanfold has written run "${RUN_ID}": it is in format 2, and this version reads formats up to 1. Nothing was changed.`,
  });
  expect(attempted).toEqual([]);
  expect(new Map(s3.objects)).toEqual(before);
});
