import { FanfoldError } from '../errors.ts';
import { inPages } from '../list/in-pages.ts';
import type { ConnectionLogin, TenantDirectory } from '../ports.ts';
import { TENANT_STATUSES } from '../tenant.ts';

const PAGE = 1_000;

/**
 * Refuses a scratch database that is a tenant's. A name counts on any host, because one server may have several
 * addresses: a scratch database can have a name of its own. A database that is made for the purpose (an
 * empty name) is nobody's.
 *
 * @throws FanfoldError `ScratchIsTenant`
 */
export async function refuseTenantDatabase(
  { database, host, port }: Pick<ConnectionLogin, 'database' | 'host' | 'port'>,
  directory: Pick<TenantDirectory, 'listIds' | 'findByIds'>,
): Promise<void> {
  if (database === '') return;
  const name = database.toLowerCase();
  for (const status of TENANT_STATUSES) {
    for await (const ids of inPages(directory.listIds({ status }), PAGE)) {
      const tenants = await directory.findByIds(ids);
      const tenant = tenants.find(({ address }) => address.database.toLowerCase() === name);
      if (tenant === undefined) continue;
      const place = `${tenant.address.host}:${tenant.address.port}`;
      throw new FanfoldError(
        'ScratchIsTenant',
        `The scratch database ${database} on ${host}:${port} has the name of the database of the tenant ${tenant.slug}, on ${place}.`,
        {
          fault: 'configuration',
          nextStep:
            'Name a database that no tenant has, or none: then a new one is created and dropped. Nothing was changed.',
        },
      );
    }
  }
}
