import type { OwnFailure } from '../failure.ts';
import type { Provisioning } from '../provision/provisioning.ts';
import type { PooledDatabase, PoolRegistry } from './pool-registry.ts';
import { POOL_REQUEST } from './pool-request.ts';

/** `paused` if this process ends soon: the next attempt resumes. */
export type PooledMigration = 'migrated' | 'paused' | { readonly failure: OwnFailure };

/** Brings a ready database to the bundle; one that has failed stays in the list and is not handed out. */
export async function migratePooled(
  { tenant }: PooledDatabase,
  { attemptTenant, bundle, pause }: Pick<Provisioning, 'attemptTenant' | 'bundle' | 'pause'>,
  pool: PoolRegistry,
): Promise<PooledMigration> {
  const attempt = await attemptTenant(tenant, {
    runId: `pool-${tenant.id}`,
    bundle,
    pause,
    request: { command: 'migrate', ...POOL_REQUEST },
  });
  if (attempt.status === 'failed') return { failure: attempt.failure };
  if (attempt.status === 'continue') return 'paused';
  await pool.reached(tenant.id, bundle.hash);
  return 'migrated';
}
