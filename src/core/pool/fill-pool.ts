import { randomBytes, randomUUID } from 'node:crypto';
import type { Failure } from '../failure.ts';
import { failureOf } from '../migrate/failure-of.ts';
import { clearAway } from '../provision/clear-away.ts';
import type { ServerAddress } from '../provision/database-server.ts';
import { newLogins } from '../provision/new-logins.ts';
import { provisionTenant } from '../provision/provision-tenant.ts';
import type { Provisioning } from '../provision/provisioning.ts';
import { LOCK_WAIT_TIMEOUT_SECONDS } from '../request.ts';
import type { PooledDatabase, PoolRegistry } from './pool-registry.ts';
import { poolSettingsHash } from './pool-settings-hash.ts';

/** The prefix of names of pooled databases and their users, which tenants keep. */
export const POOL_PREFIX = 'fanfold_pool_';

/** The result of filling the pool of one server. */
export interface PoolFilling {
  readonly made: number;
  readonly migrated: number;
  readonly removed: number;
  /** Why it ended before the pool was full. */
  readonly failure?: Failure | undefined;
}

/**
 * Makes pooled databases of a server until it has `size`. Before that it resumes those whose making was interrupted,
 * migrates those that lack migrations, and removes those that were made with other settings. May run in several
 * processes at once. Ends at the first failure, which the next filling tries again.
 */
export async function fillPool(
  server: ServerAddress,
  size: number,
  provisioning: Provisioning,
  pool: PoolRegistry,
  signal: AbortSignal,
): Promise<PoolFilling> {
  const making: Provisioning = { ...provisioning, registry: pool.provisioning, pool: undefined };
  const settings = poolSettingsHash(provisioning.settings, server.host);
  const counts = { made: 0, migrated: 0, removed: 0 };
  try {
    for (const pooled of await pool.list(server)) {
      if (signal.aborted) return counts;
      const { status, schemaVersion } = pooled.tenant;
      if (pooled.settings !== settings) {
        if (await removePooled(pooled, making, pool)) counts.removed += 1;
      } else if (status !== 'ACTIVE') {
        const failure = await make(pooled.tenant.id, making, signal);
        if (failure !== undefined) return { ...counts, failure };
        counts.made += 1;
      } else if (schemaVersion !== making.bundle.hash) {
        const failure = await migratePooled(pooled, making, pool);
        if (failure !== undefined) return { ...counts, failure };
        counts.migrated += 1;
      }
    }
    while (!signal.aborted) {
      const id = randomUUID();
      const name = POOL_PREFIX + randomBytes(4).toString('hex');
      const address = { ...server, database: name, user: name };
      const logins = await newLogins(id, address, making);
      if (!(await pool.reserve({ id, address, settings, ...logins }, size))) break;
      const failure = await make(id, making, signal);
      if (failure !== undefined) return { ...counts, failure };
      counts.made += 1;
    }
    return counts;
  } catch (error) {
    return { ...counts, failure: failureOf(error) };
  }
}

async function make(
  id: string,
  making: Provisioning,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const outcome = await provisionTenant(id, making, signal);
  return outcome.status === 'failed' ? outcome.failure : undefined;
}

/** Brings a ready database to the bundle; one that has failed stays in the list and is not handed out. */
export async function migratePooled(
  { tenant }: PooledDatabase,
  { attemptTenant, bundle }: Pick<Provisioning, 'attemptTenant' | 'bundle'>,
  pool: PoolRegistry,
): Promise<Failure | undefined> {
  const attempt = await attemptTenant(tenant, {
    runId: `pool-${tenant.id}`,
    bundle,
    request: {
      command: 'migrate',
      strict: false,
      allowMissing: false,
      phase: 'all',
      lockWaitTimeoutSeconds: LOCK_WAIT_TIMEOUT_SECONDS,
    },
  });
  if (attempt.status === 'failed') return attempt.failure;
  await pool.reached(tenant.id, bundle.hash);
  return undefined;
}

/** Drops a pooled database, its users and its row. `false` if it was handed out meanwhile. */
export async function removePooled(
  { tenant }: PooledDatabase,
  making: Provisioning,
  pool: PoolRegistry,
): Promise<boolean> {
  const { registry } = making;
  await pool.retire(tenant.id, 'Taken out of the pool.');
  const row = await registry.read(tenant.id);
  if (row?.tenant.status !== 'FAILED' || row.mark === null) return false;
  await clearAway(row.tenant, row.mark, making);
  return registry.remove(tenant.id);
}
