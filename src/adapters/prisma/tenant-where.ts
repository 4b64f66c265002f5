import type { Prisma } from '../../../prisma/generated-central/client.ts';
import { parseHostFilter } from '../../core/list/host-filter.ts';
import type { TenantFilter } from '../../core/ports.ts';

/** A filter as Prisma's condition. No `hosts` means every host, an empty list means none. */
export function tenantWhere({ status, hosts }: TenantFilter): Prisma.TenantWhereInput {
  return {
    ...(status === undefined ? {} : { status }),
    ...(hosts === undefined ? {} : onHosts(hosts)),
  };
}

function onHosts(hosts: readonly string[]): Prisma.TenantWhereInput {
  // An empty OR is false by itself, but true where it stands in an AND.
  return hosts.length === 0 ? { id: { in: [] } } : { OR: hosts.map(hostWhere) };
}

function hostWhere(text: string): Prisma.TenantWhereInput {
  const { host, port } = parseHostFilter(text);
  return port === undefined ? { dbHost: host } : { dbHost: host, dbPort: port };
}
