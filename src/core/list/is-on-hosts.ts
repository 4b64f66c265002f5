import type { DatabaseAddress } from '../tenant.ts';
import { parseHostFilter } from './host-filter.ts';

/** Whether an address is on one of the hosts, each `host` or `host:port`. No hosts: on any. */
export function isOnHosts(
  address: Pick<DatabaseAddress, 'host' | 'port'>,
  hosts: readonly string[] | undefined,
): boolean {
  if (hosts === undefined) return true;
  return hosts
    .map(parseHostFilter)
    .some(
      ({ host, port }) =>
        host.toLowerCase() === address.host.toLowerCase() &&
        (port ?? address.port) === address.port,
    );
}
