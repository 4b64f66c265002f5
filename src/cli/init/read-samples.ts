import type { TenantsMapping } from '../../core/central/tenants-mapping.ts';
import type { Tenant } from '../../core/tenant.ts';
import type { InitOptions } from '../options/init-options.ts';
import type { Wiring } from '../wiring.ts';

/** Passwords that are opened, each on another server if there are as many. */
const SAMPLES = 3;

/** Reads some active tenants by a mapping, as a run would; throws what keeps a run from reading them. */
export async function readSamples(
  wiring: Wiring,
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
