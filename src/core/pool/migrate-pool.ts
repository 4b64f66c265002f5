import type { Failure } from '../failure.ts';
import { failureOf } from '../migrate/failure-of.ts';
import type { Provisioning } from '../provision/provisioning.ts';
import { migratePooled } from './migrate-pooled.ts';
import type { PoolRegistry } from './pool-registry.ts';

/** A pooled database that could not be migrated. It is not handed out until it is. */
export interface PoolFailure {
  readonly name: string;
  readonly failure: Failure;
}

/** The result of migrating the pool. */
export interface PoolMigration {
  readonly migrated: number;
  readonly failures: readonly PoolFailure[];
  /** Whether it was paused before all of them were migrated. */
  readonly isUnfinished: boolean;
}

/** Brings all ready databases of the pool to the bundle, after the tenants of a run. Never throws. */
export async function migratePool(
  pool: PoolRegistry,
  parts: Pick<Provisioning, 'attemptTenant' | 'bundle' | 'pause'> & {
    readonly signal: AbortSignal;
  },
): Promise<PoolMigration> {
  const failures: PoolFailure[] = [];
  let migrated = 0;
  let isUnfinished = false;
  try {
    if (!(await pool.exists())) return { migrated, failures, isUnfinished };
    for (const pooled of await pool.list()) {
      const { status, schemaVersion, address } = pooled.tenant;
      if (status !== 'ACTIVE' || schemaVersion === parts.bundle.hash) continue;
      isUnfinished = parts.signal.aborted || parts.pause?.() === true;
      if (isUnfinished) break;
      const migration = await migratePooled(pooled, parts, pool);
      if (migration === 'migrated') migrated += 1;
      else if (migration === 'paused') isUnfinished = true;
      else failures.push({ name: address.database, failure: migration.failure });
    }
  } catch (error) {
    failures.push({ name: 'list', failure: failureOf(error) });
  }
  return { migrated, failures, isUnfinished };
}
