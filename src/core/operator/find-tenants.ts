import { FanfoldError } from '../errors.ts';
import { resolveNames } from '../list/resolve-names.ts';
import type { TenantDirectory } from '../ports.ts';
import { type Tenant, tenantRef } from '../tenant.ts';
import type { OperationAnswer, OperationRequest } from '../wire/operator-schemas.ts';

/**
 * Finds tenants by names, of which each must exist (`TenantUnknown`, `TenantAmbiguous`), or by ids, of which those
 * without a row are left out. The caller gets no login and no ciphertext.
 */
export async function findTenants(
  request: OperationRequest<'find'>,
  directory: Pick<TenantDirectory, 'findByNames' | 'findByIds'>,
): Promise<OperationAnswer<'find'>> {
  const found =
    'names' in request
      ? await resolveNames(directory, request.names)
      : await directory.findByIds(request.ids);
  return { tenants: found.map(tenantRef) };
}

/** The row of one tenant as it is now; throws `TenantUnknown` if it is gone since it was found. */
export async function tenantById(
  id: string,
  directory: Pick<TenantDirectory, 'findByIds'>,
): Promise<Tenant> {
  const [tenant] = await directory.findByIds([id]);
  if (tenant !== undefined) return tenant;
  throw new FanfoldError(
    'TenantUnknown',
    `The tenant ${id} is no longer in the central database.`,
    {
      fault: 'usage',
      nextStep: 'List the tenants: `fanfold tenant:list`',
    },
  );
}

/** Counts the ACTIVE tenants. */
export async function countTenants(
  { hosts }: OperationRequest<'count'>,
  directory: Pick<TenantDirectory, 'count'>,
): Promise<OperationAnswer<'count'>> {
  return { tenants: await directory.count({ status: 'ACTIVE', hosts }) };
}
