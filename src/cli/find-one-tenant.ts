import { FanfoldError } from '../core/errors.ts';
import type { TenantDirectory } from '../core/ports.ts';
import type { Tenant } from '../core/tenant.ts';

/**
 * The one tenant that a slug or id names, whatever its status. Throws `TenantUnknown`, and
 * `TenantAmbiguous` where the slug of one is the id of another (both `usage`).
 */
export async function findOneTenant(
  directory: Pick<TenantDirectory, 'findByNames'>,
  name: string,
): Promise<Tenant> {
  const found = await directory.findByNames([name]);
  const [tenant] = found;
  if (tenant === undefined) {
    throw new FanfoldError('TenantUnknown', `There is no tenant with the slug or id "${name}".`, {
      fault: 'usage',
      nextStep: 'List the tenants: npm run tenant:list',
    });
  }
  if (found.length === 1) return tenant;
  const slugs = found.map(({ slug, id }) => `${slug} (id ${id})`).join(' and ');
  throw new FanfoldError('TenantAmbiguous', `"${name}" names ${found.length} tenants: ${slugs}.`, {
    fault: 'usage',
    nextStep: 'Name the tenant by the one of its slug and id that no other tenant has.',
  });
}
