import { FanfoldError } from '../errors.ts';
import type { Tenant } from '../tenant.ts';

/** Two tenants answer to one name: by the slug of both, or the one's slug and the other's id. */
export function tenantAmbiguous(name: string, one: Tenant, other: Tenant): FanfoldError {
  if (one.slug === other.slug) {
    const [a, b] = [one, other].map(({ id, status }) => `id ${id}, ${status}`);
    return new FanfoldError(
      'TenantAmbiguous',
      `"${name}" is the slug of several tenants: of "${one.name}" (${a}) and "${other.name}" (${b}).`,
      {
        fault: 'usage',
        nextStep: `Name the one that is meant by its id: "${one.id}" or "${other.id}".`,
      },
    );
  }
  const [bySlug, byId] = one.slug === name ? [one, other] : [other, one];
  return new FanfoldError(
    'TenantAmbiguous',
    `"${name}" is the slug of "${bySlug.name}" (id ${bySlug.id}) and the id of "${byId.name}" (slug "${byId.slug}").`,
    {
      fault: 'usage',
      nextStep: `Name the tenant so that it is the only one: "${bySlug.id}" or "${byId.slug}".`,
    },
  );
}
