import { isFanfoldError } from '../errors.ts';
import type { ServerAddress } from '../tenant.ts';
import type {
  AdminLogin,
  AdminLogins,
  DatabaseServer,
  DatabaseServers,
} from './database-server.ts';

/**
 * Runs `work` as the administrator of a server. A login that the server refuses may have been rotated after it was read:
 * it is read again, once, and tried if it is another one. Throws what {@link AdminLogins} and {@link DatabaseServers} do,
 * such as `AdminAccessDenied`; `work` has not begun then.
 */
export async function usingServer<Result>(
  address: ServerAddress,
  { admins, servers }: { readonly admins: AdminLogins; readonly servers: DatabaseServers },
  work: (server: DatabaseServer) => Promise<Result>,
): Promise<Result> {
  const login = await admins.find(address);
  let begun = false;
  const once = (server: DatabaseServer) => {
    begun = true;
    return work(server);
  };
  try {
    return await servers.using(address, login, once);
  } catch (error) {
    if (begun || !isFanfoldError(error) || error.code !== 'AdminAccessDenied') throw error;
    const now = await admins.find(address);
    // The same login would be refused again, which may lock the administrator.
    if (isSame(login, now)) throw error;
    return servers.using(address, now, work);
  }
}

function isSame(one: AdminLogin, other: AdminLogin): boolean {
  return one.user === other.user && one.password === other.password && one.auth === other.auth;
}
