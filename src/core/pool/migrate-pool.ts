import type { Failure } from '../failure.ts';
import { failureOf } from '../migrate/failure-of.ts';
import type { Provisioning } from '../provision/provisioning.ts';
import { migratePooled } from './fill-pool.ts';
import type { PoolRegistry } from './pool-registry.ts';

/** A pooled database that could not be migrated. It is not handed out until it is. */
export interface PoolFailure {
  readonly name: string;
  readonly failure: Failure;
}

/** Brings all ready databases of the pool to the bundle, after the tenants of a run. Never throws. */
export async function migratePool(
  pool: PoolRegistry,
  parts: Pick<Provisioning, 'attemptTenant' | 'bundle'> & { readonly signal: AbortSignal },
): Promise<readonly PoolFailure[]> {
  const failures: PoolFailure[] = [];
  try {
    if (!(await pool.exists())) return [];
    for (const pooled of await pool.list()) {
      const { status, schemaVersion, address } = pooled.tenant;
      if (status !== 'ACTIVE' || schemaVersion === parts.bundle.hash) continue;
      if (parts.signal.aborted) break;
      const failure = await migratePooled(pooled, parts, pool);
      if (failure !== undefined) failures.push({ name: address.database, failure });
    }
  } catch (error) {
    failures.push({ name: 'list', failure: failureOf(error) });
  }
  return failures;
}
