import type { AttemptTenant } from '../../../src/core/migrate/attempt.ts';
import type { Provisioning } from '../../../src/core/provision/provisioning.ts';
import { memoryPool } from './memory-pool.ts';
import { memoryProvisioning } from './memory-provisioning.ts';

/** The server of tenants that {@link poolOn} adds. */
export const SERVER = { host: 'db1', port: 3306 };

/** A pool in memory, whose attempts migrate what it makes; `plan` finds nothing to do. */
export function poolOn(changes: Partial<Provisioning> = {}) {
  const memory = memoryProvisioning();
  const making = memoryProvisioning();
  const attemptTenant: AttemptTenant = async (tenant, context) =>
    context.request.command === 'plan'
      ? { status: 'planned', pending: [], notes: [] }
      : memory.provisioning.attemptTenant(tenant, context);
  const pool = memoryPool(making.registry, memory.registry);
  const provisioning: Provisioning = { ...memory.provisioning, attemptTenant, pool, ...changes };
  const addTenant = (id: string) => {
    memory.registry.rows.set(id, {
      mark: null,
      tenant: {
        ...{ id, slug: id, name: id, status: 'PROVISIONING' as const },
        address: { ...SERVER, database: '', user: '' },
        ...{ encryptedPassword: '', schemaVersion: null, lastMigratedAt: null, lastRunId: null },
      },
    });
    return id;
  };
  return { ...memory, making: making.registry, provisioning, pool, addTenant };
}
