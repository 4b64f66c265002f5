import type { ReachedSchema, TenantDirectory } from '../src/core/ports.ts';
import type { Tenant } from '../src/core/tenant.ts';

/**
 * A directory of tenants that are in memory already, so that no central database is measured.
 *
 * @param onReached called instead of recording what a tenant has reached
 */
export function createMemoryDirectory(
  tenants: readonly Tenant[],
  onReached: (tenant: Tenant, reached: ReachedSchema) => void = () => {},
): TenantDirectory {
  const byId = new Map(tenants.map((tenant) => [tenant.id, tenant]));
  const find = (names: readonly string[]) =>
    names.map((name) => byId.get(name)).filter((tenant) => tenant !== undefined);
  return {
    count: async () => tenants.length,
    async *listIds() {
      yield* byId.keys();
    },
    idsAfter: async (_, after, limit) =>
      [...byId.keys()]
        .filter((id) => id > after)
        .sort()
        .slice(0, limit),
    findByIds: async (ids) => find(ids),
    findByNames: async (names) => find(names),
    recordReached: async (ids, reached) => {
      for (const tenant of find(ids)) onReached(tenant, reached);
    },
    forgetReached: async () => {},
  };
}
