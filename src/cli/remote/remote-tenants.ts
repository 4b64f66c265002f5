import { inPages } from '../../core/list/in-pages.ts';
import type { RemoteOperator } from '../../core/remote/remote-operator.ts';
import type { TenantRef } from '../../core/tenant.ts';
import { MOST_NAMED } from '../../core/wire/most-named.ts';
import type { LotSource } from '../tenants/tenant-lot.ts';

/** The tenants as a function of a stack finds them: their names and servers, without a login. */
export function remoteTenants(operator: Pick<RemoteOperator, 'ask'>): LotSource<TenantRef> {
  return {
    async resolve(names) {
      return (await operator.ask('find', { names })).tenants;
    },
    async findByIds(ids) {
      const found: TenantRef[] = [];
      for await (const page of inPages(ids, MOST_NAMED)) {
        found.push(...(await operator.ask('find', { ids: page })).tenants);
      }
      return found;
    },
  };
}

/** One tenant by its name; throws `TenantUnknown` and `TenantAmbiguous`. */
export async function remoteTenant(
  operator: Pick<RemoteOperator, 'ask'>,
  name: string,
): Promise<TenantRef> {
  const { tenants } = await operator.ask('find', { names: [name] });
  const [tenant] = tenants;
  if (tenant === undefined) throw new Error(`The function has found no tenant "${name}".`);
  return tenant;
}
