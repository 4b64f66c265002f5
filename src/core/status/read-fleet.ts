import type { Bundle } from '../bundle/bundle.ts';
import { forEachTenant } from '../list/for-each-tenant.ts';
import { tenantsOfListing } from '../list/tenants-of-listing.ts';
import { createHostHealth, type HostHealth } from '../migrate/host-health.ts';
import type { TenantDirectory, TenantFilter } from '../ports.ts';
import { hostKey, type Tenant, tenantRef } from '../tenant.ts';
import type { ReadTenant } from './read-tenant.ts';
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
  readonly readTenant: ReadTenant;
}

/**
 * Reads the state of every tenant's database, with one query each and several at a time. Nothing is
 * written or locked. A tenant that cannot be read is a reading too; those of a host that has not answered
 * twice in a row are not asked. Stops, without an error, when
 * the signal is aborted.
 */
export async function readFleet(
  { bundle, filter, concurrency }: ReadFleetOptions,
  { directory, readTenant }: ReadFleetDependencies,
  onReading: (reading: TenantReading) => void,
  signal?: AbortSignal,
): Promise<void> {
  const health = createHostHealth();
  await forEachTenant(
    tenantsOfListing(directory, filter),
    concurrency,
    async (tenant) => onReading(await readingOf(tenant, { bundle, readTenant, health })),
    signal,
  );
}

/** Reads one tenant, unless its server is down. */
export async function readingOf(
  tenant: Tenant,
  { bundle, readTenant, health }: { bundle: Bundle; readTenant: ReadTenant; health: HostHealth },
): Promise<TenantReading> {
  const ref = tenantRef(tenant);
  const host = hostKey(tenant.address);
  const { down } = health.of(host);
  if (down !== undefined) return { status: 'unreadable', tenant: ref, failure: down };

  const answer = await readTenant(tenant, bundle);
  health.ended(host, answer, true);
  if (answer.status === 'failed') {
    return { status: 'unreadable', tenant: ref, failure: answer.failure };
  }
  const standing = tenantStanding(bundle, answer.pending, answer.backfills);
  const { notes, progress: backfills } = answer;
  return { status: 'read', tenant: ref, standing, notes, ...(backfills && { backfills }) };
}
