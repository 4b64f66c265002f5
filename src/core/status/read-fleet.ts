import type { Bundle } from '../bundle/bundle.ts';
import { forEachTenant } from '../list/for-each-tenant.ts';
import { listTenants } from '../list/list-tenants.ts';
import type { AttemptTenant } from '../migrate/attempt.ts';
import { createHostHealth, type HostHealth } from '../migrate/host-health.ts';
import type { TenantDirectory, TenantFilter } from '../ports.ts';
import { hostKey, type Tenant, tenantRef } from '../tenant.ts';
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

/**
 * Asks every tenant's database where it stands, one query each and several at a time. Nothing is
 * written or locked. A tenant that cannot be read is a reading too; those of a host that has not answered
 * twice in a row are not asked. Stops, without an error, when
 * the signal is aborted.
 */
export async function readFleet(
  { bundle, filter, concurrency }: ReadFleetOptions,
  { directory, attemptTenant }: ReadFleetDependencies,
  onReading: (reading: TenantReading) => void,
  signal?: AbortSignal,
): Promise<void> {
  const health = createHostHealth();
  await forEachTenant(
    listTenants(directory, filter),
    concurrency,
    async (tenant) => onReading(await readTenant(tenant, { bundle, attemptTenant, health })),
    signal,
  );
}

async function readTenant(
  tenant: Tenant,
  {
    bundle,
    attemptTenant,
    health,
  }: { bundle: Bundle; attemptTenant: AttemptTenant; health: HostHealth },
): Promise<TenantReading> {
  const ref = tenantRef(tenant);
  const host = hostKey(tenant.address);
  const { down } = health.of(host);
  if (down !== undefined) return { status: 'unreadable', tenant: ref, failure: down };

  // A plan asks the same one query. Missing and modified migrations are told, not refused.
  const attempt = await attemptTenant(tenant, {
    runId: '',
    bundle,
    request: { command: 'plan', strict: false, allowMissing: true, lockWaitTimeoutSeconds: 1 },
  });
  health.ended(host, attempt, true);
  if (attempt.status === 'failed') {
    return { status: 'unreadable', tenant: ref, failure: attempt.failure };
  }
  const pending = attempt.status === 'planned' ? attempt.pending : [];
  const standing = tenantStanding(bundle, pending);
  return { status: 'read', tenant: ref, standing, notes: attempt.notes };
}
