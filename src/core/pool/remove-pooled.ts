import { clearAway } from '../provision/clear-away.ts';
import type { Provisioning } from '../provision/provisioning.ts';
import type { PooledDatabase, PoolRegistry } from './pool-registry.ts';

/**
 * Drops a pooled database, its users and its row. `false` if it was handed out meanwhile.
 *
 * @param making provisioning over the rows of the pool
 */
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
