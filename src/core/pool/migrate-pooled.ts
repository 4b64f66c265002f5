import type { OwnFailure } from '../failure.ts';
import type { Provisioning } from '../provision/provisioning.ts';
import { LOCK_WAIT_TIMEOUT_SECONDS } from '../request.ts';
import type { PooledDatabase, PoolRegistry } from './pool-registry.ts';

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
    request: {
      command: 'migrate',
      strict: false,
      allowMissing: false,
      phase: 'all',
      lockWaitTimeoutSeconds: LOCK_WAIT_TIMEOUT_SECONDS,
    },
  });
  if (attempt.status === 'failed') return { failure: attempt.failure };
  if (attempt.status === 'continue') return 'paused';
  await pool.reached(tenant.id, bundle.hash);
  return 'migrated';
}
