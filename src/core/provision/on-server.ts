import type { Tenant } from '../tenant.ts';
import type { Account, DatabaseServer } from './database-server.ts';
import type { Provisioning } from './provisioning.ts';

/**
 * Runs `work` as the administrator of a tenant's server, while no other provisioning of the same
 * tenant makes or drops anything there.
 */
export async function onServerOf<Result>(
  { id, address }: Tenant,
  { admins, servers }: Pick<Provisioning, 'admins' | 'servers'>,
  work: (server: DatabaseServer) => Promise<Result>,
): Promise<Result> {
  const login = await admins.find(address);
  return servers.using(address, login, (server) =>
    // An id has 36 characters, and a lock's name at most 64.
    server.withLock(`fanfold-provision:${id}`, () => work(server)),
  );
}

/** The account of a tenant on its server. */
export function accountOf({ address }: Tenant, { terms }: Pick<Provisioning, 'terms'>): Account {
  return { user: address.user, from: terms.accountsFrom };
}
