import { FanfoldError } from '../core/errors.ts';
import { listTenants } from '../core/list/list-tenants.ts';
import { resolveNames } from '../core/list/resolve-names.ts';
import type { TenantDirectory } from '../core/ports.ts';
import type { Tenant } from '../core/tenant.ts';
import { commandSpan } from '../core/wording/command-span.ts';

/** What stands for every ACTIVE tenant. */
const ALL = 'all';

/** The tenants that a command is about. */
export interface ChosenTenants {
  count(): Promise<number>;
  readonly tenants: AsyncGenerator<Tenant, void, undefined>;
}

/**
 * Those that are named, whatever their status, or with the name `all` every ACTIVE one on the hosts.
 * Throws `RequestInvalid` for hosts beside names, and what `resolveNames` throws.
 */
export async function namedOrAll(
  directory: TenantDirectory,
  names: readonly string[],
  { hosts, command }: { readonly hosts?: readonly string[] | undefined; readonly command: string },
): Promise<ChosenTenants> {
  if (names.includes(ALL)) {
    const filter = { status: 'ACTIVE', hosts } as const;
    return { count: () => directory.count(filter), tenants: listTenants(directory, filter) };
  }
  if (hosts !== undefined) {
    throw new FanfoldError('RequestInvalid', '--hosts chooses among all tenants.', {
      fault: 'usage',
      nextStep: `Name the tenants, or: ${commandSpan(command, 'all', '--hosts', '<hosts>')}`,
    });
  }
  const named = await resolveNames(directory, names);
  return { count: async () => named.length, tenants: oneByOne(named) };
}

async function* oneByOne(tenants: readonly Tenant[]): AsyncGenerator<Tenant, void, undefined> {
  yield* tenants;
}
