import { FanfoldError } from '../errors.ts';
import type { TenantDirectory } from '../ports.ts';
import type { Tenant } from '../tenant.ts';
import { resolveNames } from './resolve-names.ts';

/** {@link resolveNames}, for `ACTIVE` tenants only. Throws `TenantNotActive` too, naming all that are not. */
export async function resolveActive(
  directory: Pick<TenantDirectory, 'findByNames'>,
  names: readonly string[],
): Promise<Tenant[]> {
  const tenants = await resolveNames(directory, names);
  const inactive = tenants.filter((tenant) => tenant.status !== 'ACTIVE');
  if (inactive.length > 0) throw tenantNotActive(inactive);
  return tenants;
}

function tenantNotActive(tenants: readonly Tenant[]): FanfoldError {
  const [first] = tenants;
  const message =
    tenants.length === 1 && first !== undefined
      ? `Tenant "${first.slug}" is ${first.status}; only ACTIVE tenants are migrated.`
      : `Only ACTIVE tenants are migrated; these are not: ${tenants
          .map(({ slug, status }) => `"${slug}" (${status})`)
          .join(', ')}.`;
  return new FanfoldError('TenantNotActive', message, {
    fault: 'usage',
    nextStep: 'Leave it out, or make it ACTIVE first: `fanfold tenant:status <slug> ACTIVE`',
  });
}
