import type { TenantDirectory, TenantFilter } from '../ports.ts';
import type { Tenant } from '../tenant.ts';

/** Rows that are read from the central database at a time; a page that ends early has read too many. */
const ROWS = 200;

/** The tenants after one id in the order of ids, so that another invocation can continue where this one ends. */
export async function* tenantsAfter(
  directory: Pick<TenantDirectory, 'idsAfter' | 'findByIds'>,
  filter: TenantFilter,
  after: string,
): AsyncGenerator<Tenant, void, undefined> {
  for (let last = after; ; ) {
    const ids = await directory.idsAfter(filter, last, ROWS);
    const rows = await directory.findByIds(ids);
    const byId = new Map(rows.map((tenant) => [tenant.id, tenant]));
    // A tenant that vanished since its id was listed has left the fleet.
    yield* ids.map((id) => byId.get(id)).filter((tenant) => tenant !== undefined);
    const newest = ids.at(-1);
    if (newest === undefined || ids.length < ROWS) return;
    last = newest;
  }
}
