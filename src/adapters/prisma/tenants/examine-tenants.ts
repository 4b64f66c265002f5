import { GUIDE_TENANTS, type TenantsMapping } from '../../../core/central/tenants-mapping.ts';
import { examineQuery } from './examine-query.ts';
import { examineTable } from './examine-table.ts';
import type { Look } from './look.ts';
import { checkOwnTable } from './own-table.ts';
import type { TenantsSource } from './tenants-source.ts';

/** What was found of the tenants in the central database. */
export interface ExaminedTenants {
  readonly source: TenantsSource;
  /** Whether the table of ours is there. */
  readonly hasOwnTable: boolean;
}

/**
 * Finds where the tenants stand, by the catalogue of the server alone, and checks that all is there that
 * is read of them. Throws `FanfoldError`s with fault `configuration`.
 */
export async function examineTenants(
  look: Look,
  mapping: TenantsMapping = GUIDE_TENANTS,
): Promise<ExaminedTenants> {
  const source =
    'query' in mapping ? await examineQuery(look, mapping) : await examineTable(look, mapping);
  return { source, hasOwnTable: await checkOwnTable(look, mapping) };
}
