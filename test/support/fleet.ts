import type { Failure, OwnFailure } from '../../src/core/failure.ts';
import type { Attempt } from '../../src/core/migrate/attempt.ts';
import type { AppliedMigration, FailedOutcome, MigratedOutcome } from '../../src/core/outcome.ts';
import type { TenantDirectory } from '../../src/core/ports.ts';
import type { RunRequest } from '../../src/core/request.ts';
import { type Tenant, type TenantRef, tenantRef } from '../../src/core/tenant.ts';

/** Id of the tenant with this number. */
export function idOf(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

/** An active tenant of its own database on `db0.example.com`. */
export function tenantOf(
  number: number,
  differing: Partial<Tenant> & { host?: string } = {},
): Tenant {
  const { host = 'db0.example.com', ...rest } = differing;
  const slug = `tenant-${String(number).padStart(3, '0')}`;
  return {
    id: idOf(number),
    slug,
    name: `Tenant ${number}`,
    status: 'ACTIVE',
    address: { host, port: 3306, database: `${slug}_db`, user: slug },
    encryptedPassword: 'ciphertext',
    schemaVersion: null,
    lastMigratedAt: null,
    lastRunId: null,
    ...rest,
  };
}

/** Tenants with the numbers from 0. */
export function fleetOf(
  count: number,
  differing: (number: number) => Partial<Tenant> & { host?: string } = () => ({}),
): Tenant[] {
  return Array.from({ length: count }, (_, number) => tenantOf(number, differing(number)));
}

export function refOf(number: number): TenantRef {
  return tenantRef(tenantOf(number));
}

/** A directory over rows that a test may change while it is used. */
export interface FakeDirectory extends TenantDirectory {
  /** Values that were written back: run id and hash by tenant id. */
  readonly reached: ReadonlyMap<string, string>;
  /** Sizes of the pages that were requested or written. */
  readonly pages: readonly number[];
}

export function directoryOf(rows: Tenant[]): FakeDirectory {
  const reached = new Map<string, string>();
  const pages: number[] = [];
  const isMeant = (tenant: Tenant, hosts: readonly string[] | undefined) =>
    tenant.status === 'ACTIVE' && (hosts === undefined || hosts.includes(tenant.address.host));
  return {
    reached,
    pages,
    count: async ({ hosts }) => rows.filter((row) => isMeant(row, hosts)).length,
    async *listIds({ hosts }) {
      for (const row of rows) if (isMeant(row, hosts)) yield row.id;
    },
    idsAfter: async ({ hosts }, after, limit) =>
      rows
        .filter((row) => isMeant(row, hosts) && row.id > after)
        .map(({ id }) => id)
        .sort()
        .slice(0, limit),
    async findByIds(ids) {
      pages.push(ids.length);
      const wanted = new Set(ids);
      return rows.filter(({ id }) => wanted.has(id)).reverse();
    },
    findByNames: async (names) =>
      rows.filter(({ id, slug }) => names.includes(slug) || names.includes(id)),
    async recordReached(ids, { runId, schemaVersion }) {
      pages.push(ids.length);
      for (const id of ids) reached.set(id, `${runId} ${schemaVersion}`);
      for (const row of rows) {
        if (ids.includes(row.id)) Object.assign(row, { schemaVersion, lastRunId: runId });
      }
    },
    async forgetReached(ids) {
      for (const row of rows) if (ids.includes(row.id)) Object.assign(row, { schemaVersion: null });
    },
  };
}

/** A request with the defaults of the schema, but for what is given. */
export function requestOf(differing: Partial<RunRequest> = {}): RunRequest {
  return {
    command: 'migrate',
    waves: [],
    maxConcurrency: 4,
    automaticRetries: 0,
    strict: false,
    allowMissing: false,
    lockWaitTimeoutSeconds: 10,
    ...differing,
  };
}

export const ONE_APPLIED: AppliedMigration = {
  name: '20250127120000_add_priority_to_tasks.js',
  durationMs: 12,
};

export const migratedAttempt: Attempt = { status: 'migrated', applied: [ONE_APPLIED], notes: [] };
export const unchangedAttempt: Attempt = { status: 'unchanged', notes: [] };

export function failureNamed(code: string, retryable = false): Failure {
  return {
    code,
    message: `${code} happened.`,
    nextStep: 'Mend it.',
    retryable,
    fingerprint: `${code}|||`,
  };
}

export function failedAttempt(
  code: string,
  retryable = false,
  applied: readonly AppliedMigration[] = [],
): Extract<Attempt, { status: 'failed' }> {
  return {
    status: 'failed',
    failure: failureNamed(code, retryable) as OwnFailure,
    applied,
    notes: [],
  };
}

export function migratedOutcome(number: number, differing: Partial<MigratedOutcome> = {}) {
  return {
    status: 'migrated',
    tenant: refOf(number),
    wave: 1,
    position: number,
    tries: 1,
    durationMs: 12,
    notes: [],
    applied: [ONE_APPLIED],
    ...differing,
  } satisfies MigratedOutcome;
}

export function failedOutcome(number: number, differing: Partial<FailedOutcome> = {}) {
  return {
    status: 'failed',
    tenant: refOf(number),
    wave: 1,
    position: number,
    tries: 1,
    durationMs: 12,
    notes: [],
    applied: [],
    failure: failureNamed('TableExists'),
    ...differing,
  } satisfies FailedOutcome;
}

/** All that an iterable gives. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** The given items, one after the other. */
export async function* stream<Item>(items: Iterable<Item>): AsyncGenerator<Item, void, undefined> {
  yield* items;
}
