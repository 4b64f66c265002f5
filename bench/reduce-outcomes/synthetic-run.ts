import { parseRunRequest } from '../../src/core/wire/parse-run-request.ts';

/** The one run of the bench. */
const RUN_ID = 'bench';
export const ROUND = {
  wave: 1,
  round: 1,
  members: 'wave',
  automatic: 0,
  failedElsewhere: 0,
  retriesFrom: 1,
};
export const EXECUTION = {
  arn: `arn:aws:states:eu-west-1:123456789012:execution:bench:${RUN_ID}`,
  name: RUN_ID,
  startedAt: '2026-11-23T05:57:12.000Z',
  redriveCount: 0,
};

/** Tenants whose results are in one file; AWS begins a new one at 5 GB. */
const ROWS_PER_FILE = 250_000;
/** One tenant in a hundred has failed, for one of three causes. */
const FAILED_EVERY = 100;

const RESULTS = `runs/${RUN_ID}/results/wave-1-round-1/map/0f3f8c1e-6a3b-4d0e-9a2f-1c2d3e4f5a6b/`;

/** An object of the synthetic bucket; its text is made when it is read. */
export interface SyntheticObject {
  readonly key: string;
  text(): Iterable<string>;
}

/** Objects that the lister and Step Functions would have written for a run of so many tenants. */
export function syntheticRun(tenants: number): SyntheticObject[] {
  const request = {
    id: RUN_ID,
    request: parseRunRequest({}),
    startedAt: EXECUTION.startedAt,
    execution: { arn: EXECUTION.arn, startedAt: EXECUTION.startedAt },
  };
  const state = {
    status: 'running',
    waves: [{ size: tenants, canary: false }],
    wavesEntered: 1,
  };
  const objects: SyntheticObject[] = [
    json(`runs/${RUN_ID}/request.json`, request),
    json(`runs/${RUN_ID}/state.json`, state),
    lines(`runs/${RUN_ID}/wave-1.jsonl`, 0, tenants, (position) => JSON.stringify(idOf(position))),
    lines(`${RESULTS}FAILED_0.jsonl`, 0, tenants, failedRow),
  ];
  for (let from = 0; from < tenants; from += ROWS_PER_FILE) {
    const to = Math.min(tenants, from + ROWS_PER_FILE);
    const key = `${RESULTS}SUCCEEDED_${from / ROWS_PER_FILE}.jsonl`;
    objects.push(lines(key, from, to, succeededRow));
  }
  return objects;
}

/** The manifest, which comes last: it holds the sizes of the others. */
export function manifestOf(files: readonly { key: string; size: number }[]): SyntheticObject {
  const named = (status: string) =>
    files
      .filter(({ key }) => key.startsWith(`${RESULTS}${status}`))
      .map(({ key, size }) => ({ Key: key, Size: size }));
  return json(`${RESULTS}manifest.json`, {
    DestinationBucket: 'bench',
    MapRunArn: 'arn',
    ResultFiles: { SUCCEEDED: named('SUCCEEDED'), FAILED: named('FAILED'), PENDING: [] },
  });
}

function json(key: string, value: unknown): SyntheticObject {
  return { key, text: () => [JSON.stringify(value)] };
}

function lines(
  key: string,
  from: number,
  to: number,
  lineOf: (position: number) => string | undefined,
): SyntheticObject {
  return {
    key,
    *text() {
      let chunk = '';
      for (let position = from; position < to; position += 1) {
        const line = lineOf(position);
        if (line === undefined) continue;
        chunk += `${line}\n`;
        if (chunk.length < 64 * 1024) continue;
        yield chunk;
        chunk = '';
      }
      yield chunk;
    },
  };
}

function idOf(position: number): string {
  return `${position.toString(16).padStart(8, '0')}-0000-7000-8000-000000000000`;
}

function factsOf(position: number) {
  const slug = `tenant-${position}`;
  return {
    tenant: { id: idOf(position), slug, name: `Tenant ${position}`, database: `${slug}_db` },
    wave: 1,
    position,
    tries: 1,
    durationMs: 1_234,
    notes: [],
  };
}

const isFailed = (position: number) => position % FAILED_EVERY === 0;

function succeededRow(position: number): string | undefined {
  if (isFailed(position)) return undefined;
  const applied = ['20261101090000_create_orders.ts', '20261101090100_index_orders.ts'].map(
    (name) => ({ name, durationMs: 617 }),
  );
  return JSON.stringify({ status: 'migrated', ...factsOf(position), applied });
}

function failedRow(position: number): string | undefined {
  if (!isFailed(position)) return undefined;
  const code = ['TableExists', 'AccessDenied', 'LockWaitTimeout'][position % 3] ?? '';
  const failure = {
    code,
    message: `The server refused it at db-${position % 20}.example.internal.`,
    nextStep: 'Look at it.',
    retryable: false,
    fingerprint: `${code}|||`,
  };
  const facts = factsOf(position);
  const { tenant } = facts;
  const outcome = { status: 'failed', ...facts, failure, applied: [] };
  const address = { host: 'db', port: 3306, database: tenant.database, user: tenant.slug };
  const item = {
    wave: 1,
    position,
    tenant: { ...tenant, status: 'ACTIVE', address, encryptedPassword: '0'.repeat(64) },
  };
  return JSON.stringify({
    ExecutionArn: `${EXECUTION.arn}/${position}`,
    Name: String(position),
    Status: 'FAILED',
    Error: 'TenantFailed',
    Cause: JSON.stringify({ errorType: 'TenantFailed', errorMessage: JSON.stringify(outcome) }),
    Input: JSON.stringify({ run: { runId: RUN_ID, bundleHash: 'f00' }, item }),
  });
}
