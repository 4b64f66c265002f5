import type { Bundle } from '../bundle/bundle.ts';
import { inPages } from '../list/in-pages.ts';
import type { AttemptTenant } from '../migrate/attempt.ts';
import type { TenantDirectory, TenantFilter } from '../ports.ts';
import { type Tenant, tenantRef } from '../tenant.ts';
import type { TenantReading } from './tenant-reading.ts';
import { tenantStanding } from './tenant-standing.ts';

export interface ReadFleetOptions {
  readonly bundle: Bundle;
  readonly filter: TenantFilter;
  /** Tenants at a time. */
  readonly concurrency: number;
}

export interface ReadFleetDependencies {
  readonly directory: Pick<TenantDirectory, 'listIds' | 'findByIds'>;
  readonly attemptTenant: AttemptTenant;
}

/** Rows that are read from the central database at a time. */
const PAGE = 500;

/**
 * Asks every tenant's database where it stands, one query each and several at a time. Nothing is
 * written or locked. A tenant that cannot be read is a reading too. Stops, without an error, when
 * the signal is aborted.
 */
export async function readFleet(
  { bundle, filter, concurrency }: ReadFleetOptions,
  { directory, attemptTenant }: ReadFleetDependencies,
  onReading: (reading: TenantReading) => void,
  signal?: AbortSignal,
): Promise<void> {
  const tenants = listTenants(directory, filter);
  let failed = false;
  // An async generator answers one caller after the other, so the workers may share it.
  const worker = async (): Promise<void> => {
    while (!failed && signal?.aborted !== true) {
      const next = await tenants.next();
      if (next.done === true) return;
      onReading(await readTenant(next.value, bundle, attemptTenant));
    }
  };
  const workers = Array.from({ length: concurrency }, () =>
    worker().catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  const ends = await Promise.allSettled(workers);
  const broken = ends.find((end) => end.status === 'rejected');
  if (broken !== undefined) throw broken.reason;
}

async function readTenant(
  tenant: Tenant,
  bundle: Bundle,
  attemptTenant: AttemptTenant,
): Promise<TenantReading> {
  // A plan asks the same one query. Missing and modified migrations are told, not refused.
  const attempt = await attemptTenant(tenant, {
    runId: '',
    bundle,
    request: { command: 'plan', strict: false, allowMissing: true, lockWaitTimeoutSeconds: 1 },
  });
  const ref = tenantRef(tenant);
  if (attempt.status === 'failed') {
    return { status: 'unreadable', tenant: ref, failure: attempt.failure };
  }
  const pending = attempt.status === 'planned' ? attempt.pending : [];
  const standing = tenantStanding(bundle, pending);
  return { status: 'read', tenant: ref, standing, notes: attempt.notes };
}

/** Rows page by page, in the order of the ids: neighbours are on different hosts. */
async function* listTenants(
  directory: ReadFleetDependencies['directory'],
  filter: TenantFilter,
): AsyncGenerator<Tenant, void, undefined> {
  for await (const ids of inPages(directory.listIds(filter), PAGE)) {
    const rows = await directory.findByIds(ids);
    const byId = new Map(rows.map((tenant) => [tenant.id, tenant]));
    // A tenant that vanished since its id was listed is no tenant of the fleet any more.
    yield* ids.map((id) => byId.get(id)).filter((tenant) => tenant !== undefined);
  }
}
