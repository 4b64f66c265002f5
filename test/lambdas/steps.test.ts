import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LambdaHandler } from '../../lambdas/create-lambda.ts';
import { createHandler as createLister } from '../../lambdas/list-tenants.ts';
import { createHandler as createMigrator } from '../../lambdas/migrate-tenant.ts';
import type { ShippedMigration } from '../../lambdas/shipped-bundle.ts';
import { createBucket } from '../../src/adapters/aws/bucket.ts';
import { createS3RunStore } from '../../src/adapters/aws/run-store.ts';
import type { Attempt, AttemptContext } from '../../src/core/migrate/attempt.ts';
import type { Tenant } from '../../src/core/tenant.ts';
import { directoryOf, failedAttempt, fleetOf, idOf, migratedAttempt } from '../support/fleet.ts';
import { BUCKET, type S3Server, startS3Server } from '../support/s3-server.ts';
import { EXECUTION, itemOf, roundOf } from '../support/step-run-store-contract.ts';
import { rejectionOf } from '../support/thrown-by.ts';
import { INVOCATION, keptLog } from './support/invocation.ts';

vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
});
const { createHandler: createReducer } = await import('../../lambdas/reduce-outcomes.ts');
const { createHandler: createSettler } = await import('../../lambdas/settle-run.ts');

const MIGRATIONS: ShippedMigration[] = [
  {
    id: '20250101090000_create_tasks',
    extension: '.ts',
    checksum: 'c1',
    load: async () => ({ default: { up: async () => {} } }),
  },
];
const execution = { ...EXECUTION, name: 'run-1', redriveCount: 0 };
const round = roundOf();

let s3: S3Server;
beforeAll(async () => {
  s3 = await startS3Server();
});
afterAll(() => s3.close());
beforeEach(() => s3.objects.clear());

/** The four functions over one bucket, one central database and made-up tenant databases. */
function functions(attempt: (tenant: Tenant, context: AttemptContext) => Attempt, failing = false) {
  const store = createS3RunStore(createBucket(s3.client, BUCKET));
  const log = keptLog();
  const now = () => Date.parse('2026-11-23T06:00:00.000Z');
  const directory = directoryOf(fleetOf(4));
  const published: unknown[] = [];
  const settling = {
    store,
    now,
    renderReport: () => '<!doctype html>',
    requestDefaults: {},
    notify: async () => {},
    alarms: { checkThere: async () => {}, look: async () => ({ isWell: true as const }) },
    executions: {
      otherRunning: async () => [],
      redriveCount: async () => 0,
      describeEnd: async () => undefined,
      concurrencyQuota: async () => 1_000,
    },
  };
  const lister = createLister(
    MIGRATIONS.map(({ load, ...facts }) => facts),
    {},
    async () => ({ store, now, usingDirectory: (work) => work(directory) }),
    log,
  );
  const migrator = createMigrator(
    MIGRATIONS,
    {},
    async () => ({
      now,
      random: () => 0.5,
      maxHoursPerTenant: 24,
      attemptTenant: async (tenant, context) => {
        if (failing) throw new TypeError('x is undefined');
        return attempt(tenant, context);
      },
    }),
    log,
  );
  const reducer = createReducer(
    async () => settling,
    log,
    (...args) => void published.push(args),
  );
  const settler = createSettler(async () => settling, log);
  return { store, log, directory, published, lister, migrator, reducer, settler };
}

/** As Step Functions does it: the event and the answer are JSON; a state may be entered twice. */
async function twice(handler: LambdaHandler<unknown>, event: unknown): Promise<never> {
  const invoke = async () =>
    JSON.parse(JSON.stringify(await handler(JSON.parse(JSON.stringify(event)), INVOCATION)));
  const first = await invoke();
  expect(await invoke()).toEqual(first);
  return first as never;
}

interface Listed {
  readonly decision: string;
  readonly run: unknown;
  readonly map: { readonly itemsKey: string; readonly resultsPrefix: string };
  readonly probe?: {
    readonly resultsPrefix: string;
    readonly atATime: number;
    readonly perHost: number;
  };
}

describe('the migrator', () => {
  it('a migrator that is woken without a tenant does nothing', async () => {
    const { migrator, log } = functions(() => {
      throw new Error('No tenant is attempted.');
    });
    expect(await twice(migrator, { step: 'warm' })).toEqual({ status: 'warm' });
    expect(JSON.stringify(log)).toContain('warm');
  });

  it('the migrator names the keys that an event lacks', async () => {
    const { migrator } = functions(() => migratedAttempt);
    const error = await rejectionOf(migrator({ step: 'migrate', retryCount: 0 }, INVOCATION));
    expect((error as Error).message).toMatch(/run: .*item: /);
  });
});

describe('the functions, one state after the other, each invoked twice', () => {
  it('migrate a fleet of which one tenant fails', async () => {
    const { lister, migrator, reducer, settler, log, directory, published } = functions(
      ({ slug }) => (slug === 'tenant-002' ? failedAttempt('TableExists') : migratedAttempt),
    );
    // Named, so that nobody is looked for who may have come late.
    const tenants = fleetOf(4).map(({ slug }) => slug);
    const request = { maxConcurrency: 2, tenants };
    const opened = await twice(settler, { step: 'open', execution, request });
    expect(opened).toMatchObject({ decision: 'RUN', round });

    const listed: Listed = await twice(lister, { step: 'list', execution, round });
    expect(listed).toMatchObject({ decision: 'RUN', map: { maxConcurrency: 2 } });
    const items = (s3.text(listed.map.itemsKey) ?? '').trim().split('\n');
    expect(items).toHaveLength(4);

    const rows = { SUCCEEDED: [] as string[], FAILED: [] as string[] };
    for (const line of items) {
      const event = { run: listed.run, item: JSON.parse(line), retryCount: 0, continuation: null };
      try {
        rows.SUCCEEDED.push(JSON.stringify(await twice(migrator, event)));
      } catch (thrown) {
        const { name, message, stack } = thrown as Error;
        expect({ name, stack }).toEqual({ name: 'TenantFailed', stack: '' });
        const Cause = JSON.stringify({ errorType: name, errorMessage: message, trace: [''] });
        const Input = JSON.stringify(event);
        rows.FAILED.push(JSON.stringify({ Status: 'FAILED', Error: name, Cause, Input }));
      }
    }
    const ResultFiles: Record<string, { Key: string; Size: number }[]> = {};
    for (const [status, lines] of Object.entries(rows)) {
      const Key = `${listed.map.resultsPrefix}/map-1/${status}_0.jsonl`;
      s3.put(Key, lines.join('\n'));
      ResultFiles[status] = [{ Key, Size: Buffer.byteLength(lines.join('\n')) }];
    }
    s3.put(`${listed.map.resultsPrefix}/map-1/manifest.json`, JSON.stringify({ ResultFiles }));

    const reduced = await twice(reducer, { execution, round, breakerTripped: false });
    expect(reduced).toMatchObject({ summary: { total: 4, counts: { migrated: 3, failed: 1 } } });
    expect(published).toHaveLength(2);
    expect(s3.objects.has(listed.map.itemsKey)).toBe(false);

    const recorded = await twice(lister, { step: 'record', execution, round });
    expect(recorded).toEqual({ notRecorded: 0 });
    expect([...directory.reached.keys()]).toEqual([idOf(0), idOf(1), idOf(3)]);

    const settle = { step: 'settle', execution, round, breakerTripped: false, notRecorded: 0 };
    for (let number = 0; number < 2; number += 1) {
      const error = (await rejectionOf(settler(settle, INVOCATION))) as Error;
      expect(error).toMatchObject({ name: 'TenantMigrationsFailed', stack: '' });
      expect(error.message).toContain('TableExists');
      expect(error.message).toContain('press Redrive');
      expect(error.message).not.toContain('\n');
    }
    expect(JSON.parse(s3.text('runs/run-1/summary.json') ?? '')).toMatchObject({
      total: 4,
      counts: { migrated: 3, failed: 1 },
    });
    expect(s3.text('runs/run-1/left.jsonl')?.trim().split('\n')).toHaveLength(1);
    expect(log.lines.find(({ slug }) => slug === 'tenant-002')).toMatchObject({
      level: 'error',
      code: 'TenantFailed',
      runId: 'run-1',
    });
  });

  it('ask tenants what they have to do, and leave to the Map those that have', async () => {
    const { lister, migrator, settler, log } = functions((tenant) =>
      tenant.slug === 'tenant-002'
        ? { status: 'planned', pending: ['20250101090000_create_tasks.ts'], notes: [] }
        : { status: 'planned', pending: [], notes: [] },
    );
    await twice(settler, { step: 'open', execution, request: {} });
    const listed: Listed = await twice(lister, { step: 'list', execution, round });
    const items = (s3.text(listed.map.itemsKey) ?? '').trim().split('\n');
    const { probe } = listed;
    if (probe === undefined) throw new Error('The lister asked for no probe.');
    const { resultsPrefix, atATime, perHost } = probe;
    const settled: unknown[] = await twice(migrator, {
      ...{ step: 'probe', run: listed.run, items: items.map((line) => JSON.parse(line)) },
      ...{ atATime, perHost },
    });
    expect(settled).toMatchObject([
      { status: 'unchanged', position: 0 },
      { status: 'unchanged', position: 1 },
      { status: 'unchanged', position: 3 },
    ]);
    expect(JSON.stringify(settled)).not.toContain('ciphertext');
    expect(JSON.stringify(log)).toContain('"answers":3');
    const text = settled.map((outcome) => JSON.stringify(outcome)).join('\n');
    const Key = `${resultsPrefix}/map-run/SUCCEEDED_0.jsonl`;
    s3.put(Key, text);
    const ResultFiles = { SUCCEEDED: [{ Key, Size: Buffer.byteLength(text) }] };
    s3.put(`${resultsPrefix}/map-run/manifest.json`, JSON.stringify({ ResultFiles }));
    const { run, map } = listed;
    const rest: Listed = await twice(lister, {
      step: 'drop-unchanged',
      execution,
      round,
      run,
      map,
    });
    expect(rest).toMatchObject({ decision: 'RUN', run, round });
    expect(s3.text(rest.map.itemsKey)).toBe(`${items[2]}\n`);
  });

  it('close a run that was stopped', async () => {
    const { lister, settler } = functions(() => migratedAttempt);
    await twice(settler, { step: 'open', execution, request: {} });
    await twice(lister, { step: 'list', execution, round });
    expect(await twice(settler, { step: 'close', execution })).toMatchObject({
      summary: { total: 4, counts: { unknown: 4 } },
    });
  });
});

describe('the migrator', () => {
  const run = {
    runId: 'run-1',
    bundleHash: 'other',
    request: { command: 'migrate', strict: false, allowMissing: false, lockWaitTimeoutSeconds: 10 },
  };
  const event = { run, item: itemOf(1), retryCount: 0 };

  it('the migrator fails a tenant for whose run other migrations were deployed', async () => {
    const { migrator } = functions(() => migratedAttempt);
    const error = (await rejectionOf(migrator(event, INVOCATION))) as Error;
    expect(error.name).toBe('TenantFailed');
    expect(JSON.parse(error.message)).toMatchObject({ failure: { code: 'BundleChanged' } });
  });

  it('the migrator pauses before its function ends, and not long before', async () => {
    const seen: (boolean | undefined)[] = [];
    const { migrator, lister, settler } = functions((_, { pause }) => {
      seen.push(pause?.());
      return migratedAttempt;
    });
    await settler({ step: 'open', execution, request: {} }, INVOCATION);
    const { run: listed } = (await lister(
      { step: 'list', execution, round },
      INVOCATION,
    )) as Listed;
    // The remaining time at the beginning, and when it is read. The last two have little time altogether.
    for (const times of [
      [900_000, 899_000],
      [900_000, 61_000],
      [900_000, 59_000],
      [4_000, 3_900],
      [4_000, 1_900],
    ]) {
      const [begun = 0, asked = 0] = times;
      let isBegun = false;
      const getRemainingTimeInMillis = () => {
        const left = isBegun ? asked : begun;
        isBegun = true;
        return left;
      };
      await migrator({ ...event, run: listed }, { getRemainingTimeInMillis });
    }
    expect(seen).toEqual([false, false, true, false, true]);
  });

  it('the migrator fails like any tenant if the migrator has a defect', async () => {
    const { migrator, lister, settler } = functions(() => migratedAttempt, true);
    await settler({ step: 'open', execution, request: {} }, INVOCATION);
    const { run: listed } = (await lister(
      { step: 'list', execution, round },
      INVOCATION,
    )) as Listed;
    const error = (await rejectionOf(migrator({ ...event, run: listed }, INVOCATION))) as Error;
    expect(error).toMatchObject({ name: 'TenantFailed', stack: '' });
    expect(JSON.parse(error.message)).toMatchObject({ failure: { code: 'Unexpected' } });
  });
});

describe('hostile events', () => {
  const events: unknown[] = [
    undefined,
    null,
    [],
    'open',
    {},
    { step: 'drop' },
    { step: 'open' },
    { step: 'list', execution, round: { ...round, wave: 0 } },
    { step: 'list', execution: { ...execution, name: 7 }, round },
    { step: 'settle', execution, round, breakerTripped: 'no', notRecorded: 0 },
    { run: {}, item: { tenant: { encryptedPassword: 's3cret' } }, retryCount: -1 },
  ];
  it.each(events.map((event) => [event]))(
    'hostile events are refused at the door: %j',
    async (event) => {
      const { lister, migrator, reducer, settler, log } = functions(() => migratedAttempt);
      for (const handler of [lister, migrator, reducer, settler] as LambdaHandler<unknown>[]) {
        const error = (await rejectionOf(handler(event, INVOCATION))) as Error;
        expect(error).toMatchObject({ name: 'EventInvalid', stack: '' });
        expect(error.message).not.toContain('s3cret');
      }
      expect(s3.objects.size).toBe(0);
      expect(JSON.stringify(log.lines)).not.toContain('s3cret');
    },
  );

  it('names in hostile events do not lead out of the bucket', async () => {
    const { lister, reducer, settler } = functions(() => migratedAttempt);
    const elsewhere = { ...execution, name: '../../etc' };
    const error = { name: 'RunIdInvalid' };
    const open = { step: 'open', execution: elsewhere, request: {} };
    expect(await rejectionOf(settler(open, INVOCATION))).toMatchObject(error);
    const list = { step: 'list', execution: elsewhere, round };
    expect(await rejectionOf(lister(list, INVOCATION))).toMatchObject(error);
    const reduce = { execution: elsewhere, round, breakerTripped: false };
    expect(await rejectionOf(reducer(reduce, INVOCATION))).toMatchObject(error);
    expect(s3.objects.size).toBe(0);
  });

  it.each([
    [{ maxConcurency: 5 }, '"maxConcurrency"'],
    [{ maxConcurrency: 0 }, '"maxConcurrency" is 0'],
    [{ toleratedFailureCount: -1 }, '"toleratedFailureCount" is -1'],
    [{ tenants: ['a'], retryOf: 'b' }, 'exclude each other'],
    ['migrate', 'A request is a JSON object'],
  ])('hostile values of the request are reported by key: %j', async (request, message) => {
    const { settler } = functions(() => migratedAttempt);
    const error = await rejectionOf(settler({ step: 'open', execution, request }, INVOCATION));
    expect(error).toMatchObject({ name: 'RequestInvalid', stack: '' });
    expect((error as Error).message).toContain(message);
    expect(s3.objects.size).toBe(0);
  });
});
