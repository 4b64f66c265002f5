import type { TenantsMapping } from '../../core/central/tenants-mapping.ts';
import type { Tenant } from '../../core/tenant.ts';
import type { InitOptions } from '../options/init-options.ts';
import type { AdoptionWiring } from '../wiring/wire-adoption.ts';

/** The number of passwords to decrypt, from different servers if there are that many. */
const SAMPLES = 3;

/** Reads some active tenants with a mapping, as a run would; throws the same errors. */
export async function readSamples(
  wiring: AdoptionWiring,
  options: InitOptions,
  mapping: TenantsMapping,
): Promise<readonly Tenant[]> {
  return wiring.usingTenants(options, mapping, async ({ directory }) => {
    const ids: string[] = [];
    for await (const id of directory.listIds({})) {
      ids.push(id);
      if (ids.length === SAMPLES) break;
    }
    const rows = await directory.findByIds(ids);
    return rows.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
  });
}
