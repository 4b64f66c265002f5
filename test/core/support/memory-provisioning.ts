import { createBundle } from '../../../src/core/bundle/bundle.ts';
import { FanfoldError } from '../../../src/core/errors.ts';
import type { AttemptTenant } from '../../../src/core/migrate/attempt.ts';
import type { Provisioning } from '../../../src/core/provision/provisioning.ts';
import type {
  ProvisioningRegistry,
  ProvisioningRow,
} from '../../../src/core/provision/provisioning-registry.ts';
import type { Tenant } from '../../../src/core/tenant.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { memoryKeyRing } from './memory-key-ring.ts';
import { memoryServers, tickingPort, tickingServers } from './memory-servers.ts';

/** Rows of tenants in memory that keep the contract of {@link ProvisioningRegistry}. */
export interface MemoryRegistry extends ProvisioningRegistry {
  readonly rows: Map<string, ProvisioningRow>;
  /** Why tenants failed, by id. */
  readonly reasons: Map<string, string>;
}

function memoryRegistry(): MemoryRegistry {
  const rows = new Map<string, ProvisioningRow>();
  const reasons = new Map<string, string>();
  const change = (
    id: string,
    isExpected: (row: ProvisioningRow) => boolean,
    changed: (row: ProvisioningRow) => ProvisioningRow,
  ): boolean => {
    const row = rows.get(id);
    if (row === undefined || !isExpected(row)) return false;
    rows.set(id, changed(row));
    return true;
  };
  const isMarked = (status: Tenant['status']) => (row: ProvisioningRow) =>
    row.tenant.status === status && row.mark !== null;
  const withStatus = (row: ProvisioningRow, status: Tenant['status']): ProvisioningRow => ({
    ...row,
    tenant: { ...row.tenant, status },
  });
  return {
    rows,
    reasons,
    read: async (id) => rows.get(id),
    findBySlug: async (slug) => [...rows.values()].find(({ tenant }) => tenant.slug === slug),
    async add(tenant) {
      if ([...rows.values()].some((row) => row.tenant.slug === tenant.slug)) {
        throw new FanfoldError('SlugTaken', `"${tenant.slug}" is taken.`, {
          fault: 'usage',
          nextStep: 'Choose another slug.',
        });
      }
      const reached = { schemaVersion: null, lastMigratedAt: null, lastRunId: null };
      rows.set(tenant.id, { tenant: { ...tenant, ...reached }, mark: 'claimed' });
      return tenant.id;
    },
    claim: async (id, address, logins) =>
      change(
        id,
        ({ tenant }) => tenant.encryptedPassword === '',
        ({ tenant }) => ({
          tenant: { ...tenant, status: 'PROVISIONING', address, ...logins },
          mark: 'claimed',
        }),
      ),
    resume: async (id) => change(id, isMarked('FAILED'), (row) => withStatus(row, 'PROVISIONING')),
    mark: async (id, mark) => change(id, isMarked('PROVISIONING'), (row) => ({ ...row, mark })),
    activate: async (id, { schemaVersion, runId, at }) =>
      change(id, isMarked('PROVISIONING'), ({ tenant }) => ({
        tenant: {
          ...tenant,
          status: 'ACTIVE',
          schemaVersion,
          lastRunId: runId,
          lastMigratedAt: at,
        },
        mark: null,
      })),
    async fail(id, reason) {
      const failed = change(id, isMarked('PROVISIONING'), (row) => withStatus(row, 'FAILED'));
      if (failed) reasons.set(id, reason);
      return failed;
    },
    forget: async (id) => change(id, isMarked('FAILED'), (row) => ({ ...row, mark: 'claimed' })),
    async remove(id) {
      const row = rows.get(id);
      return row !== undefined && isMarked('FAILED')(row) && rows.delete(id);
    },
  };
}

/** Provisioning over ports in memory; the n-th call of a port can be the one that kills the process. */
export function memoryProvisioning(changes: Partial<Provisioning> = {}) {
  const registry = memoryRegistry();
  const servers = memoryServers();
  const keys = memoryKeyRing();
  const clock = fakeClock();
  const migrated: string[] = [];
  const attemptTenant: AttemptTenant = async ({ address }) => {
    const content = servers.databases.get(address.database);
    if (content === undefined) throw new Error('There is no database.');
    servers.databases.set(address.database, { tables: 3, hasMigrationTable: true });
    if (content.hasMigrationTable) return { status: 'unchanged', notes: [] };
    migrated.push(address.database);
    return { status: 'migrated', applied: [{ name: '1_a.js', durationMs: 5 }], notes: [] };
  };
  const provisioning: Provisioning = {
    registry,
    admins: servers.admins,
    servers,
    passwords: keys.passwords,
    sealer: keys.sealer,
    attemptTenant,
    bundle: createBundle([]),
    settings: { accountsFrom: '%', requireTls: () => true, privileges: ['SELECT', 'INSERT'] },
    clock,
    random: () => 0.5,
    retry: { attempts: 3, baseMs: 100, capMs: 1000 },
    ...changes,
  };
  const killedAt = (killAt: number): Provisioning => {
    let calls = 0;
    const tick = () => {
      calls += 1;
      if (calls >= killAt) throw new Error('killed');
    };
    return {
      ...provisioning,
      registry: tickingPort(registry, tick),
      servers: tickingServers(servers, tick),
    };
  };
  return { provisioning, registry, servers, keys, clock, migrated, killedAt };
}
