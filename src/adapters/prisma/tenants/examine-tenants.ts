import { GUIDE_TENANTS, type TenantsMapping } from '../../../core/central/tenants-mapping.ts';
import type { CatalogConnection } from './catalog-connection.ts';
import { examineQuery } from './examine-query.ts';
import { examineTable } from './examine-table.ts';
import { checkOwnTable } from './own-table.ts';
import type { TenantsSource } from './tenants-source.ts';

/** The result of examining the tenants in the central database. */
export interface ExaminedTenants {
  readonly source: TenantsSource;
  /** Whether `fanfold_tenants` exists. */
  readonly hasOwnTable: boolean;
}

/**
 * Finds the tenants in the server's catalogue (or by the mapped query) and checks that every column Fanfold
 * reads exists. Throws `FanfoldError`s with fault `configuration`.
 */
export async function examineTenants(
  catalog: CatalogConnection,
  mapping: TenantsMapping = GUIDE_TENANTS,
): Promise<ExaminedTenants> {
  const source =
    'query' in mapping
      ? await examineQuery(catalog, mapping)
      : await examineTable(catalog, mapping);
  return { source, hasOwnTable: await checkOwnTable(catalog, mapping) };
}
