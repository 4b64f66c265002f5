import type { PooledDatabase, PoolRegistry } from '../../../src/core/pool/pool-registry.ts';
import type { ProvisioningRegistry } from '../../../src/core/provision/provisioning-registry.ts';
import type { ServerAddress } from '../../../src/core/tenant.ts';
import { hostKey } from '../../../src/core/tenant.ts';
import type { MemoryRegistry } from './memory-provisioning.ts';

/** A pool in memory that keeps the contract of {@link PoolRegistry}. `tenants` get its databases. */
export function memoryPool(making: MemoryRegistry, tenants: MemoryRegistry): PoolRegistry {
  const settings = new Map<string, string>();
  const servers = new Map<string, ServerAddress>();
  const provisioning: ProvisioningRegistry = {
    ...making,
    // The mark stays, because the database may be removed again.
    async activate(id, reached) {
      const mark = making.rows.get(id)?.mark ?? null;
      const done = await making.activate(id, reached);
      const row = making.rows.get(id);
      if (done && row !== undefined) making.rows.set(id, { ...row, mark });
      return done;
    },
  };
  const pooled = (): PooledDatabase[] =>
    [...making.rows].map(([id, { tenant }]) => ({
      tenant,
      settings: settings.get(id) ?? '',
      reason: making.reasons.get(id) ?? null,
    }));
  return {
    provisioning,
    exists: async () => true,
    identity: async () => 'memory',
    servers: async () => [
      ...new Map([
        ...servers,
        ...pooled().map(({ tenant }) => [hostKey(tenant.address), tenant.address] as const),
      ]).values(),
    ],
    async namesOfTenants(names) {
      const used = [...tenants.rows.values()].map(({ tenant }) => tenant.address.database);
      return names.filter((name) => used.includes(name));
    },
    async remember(server) {
      servers.set(hostKey(server), server);
    },
    async tidy() {},
    async forget(server) {
      if (server === undefined) servers.clear();
      else servers.delete(hostKey(server));
    },
    list: async (server) =>
      pooled().filter(
        ({ tenant }) => server === undefined || hostKey(tenant.address) === hostKey(server),
      ),
    async reserve({ id, address, settings: made, ...logins }, most) {
      if (making.rows.size >= most) return false;
      const name = address.database;
      await making.add({ id, slug: name, name, status: 'PROVISIONING', address, ...logins });
      settings.set(id, made);
      return true;
    },
    async reached(id, schemaVersion) {
      const row = making.rows.get(id);
      if (row?.tenant.status !== 'ACTIVE') return false;
      making.rows.set(id, { ...row, tenant: { ...row.tenant, schemaVersion } });
      return true;
    },
    async retire(id) {
      const row = making.rows.get(id);
      if (row === undefined || row.tenant.status === 'FAILED') return false;
      making.rows.set(id, { ...row, tenant: { ...row.tenant, status: 'FAILED' } });
      return true;
    },
    async handOut(id, { tenantId, address, schemaVersion, encryptedPassword, migrationLogin }) {
      const row = tenants.rows.get(tenantId);
      if (making.rows.get(id)?.tenant.status !== 'ACTIVE' || row === undefined) return false;
      making.rows.delete(id);
      servers.set(hostKey(address), address);
      const logins = { encryptedPassword, migrationLogin };
      const tenant = {
        ...row.tenant,
        address,
        schemaVersion,
        ...logins,
        status: 'ACTIVE' as const,
      };
      tenants.rows.set(tenantId, { tenant, mark: null });
      return true;
    },
  };
}
