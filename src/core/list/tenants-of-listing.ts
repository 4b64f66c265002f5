import type { TenantDirectory, TenantFilter } from '../ports.ts';
import type { Tenant } from '../tenant.ts';
import { inPages } from './in-pages.ts';

/** Rows that are read from the central database at a time. */
const PAGE = 500;

/** The tenants of a listing, page by page and in the order of the listing: neighbors are on different hosts. */
export async function* tenantsOfListing(
  directory: Pick<TenantDirectory, 'listIds' | 'findByIds'>,
  filter: TenantFilter,
): AsyncGenerator<Tenant, void, undefined> {
  for await (const ids of inPages(directory.listIds(filter), PAGE)) {
    const rows = await directory.findByIds(ids);
    const byId = new Map(rows.map((tenant) => [tenant.id, tenant]));
    // A tenant that vanished since its id was listed has left the fleet.
    yield* ids.map((id) => byId.get(id)).filter((tenant) => tenant !== undefined);
  }
}
