import { FanfoldError } from '../../core/errors.ts';
import { resolveNames } from '../../core/list/resolve-names.ts';
import { tenantsOfListing } from '../../core/list/tenants-of-listing.ts';
import type { TenantDirectory } from '../../core/ports.ts';
import type { Tenant } from '../../core/tenant.ts';
import { commandSpan } from '../../core/wording/command-span.ts';

/** The word for every ACTIVE tenant. */
export const ALL = 'all';

/** The tenants that a command is about. */
export interface ChosenTenants {
  count(): Promise<number>;
  readonly tenants: AsyncGenerator<Tenant, void, undefined>;
}

/**
 * The named tenants, whatever their status, or for `all` every ACTIVE tenant on the hosts. Throws
 * `RequestInvalid` for hosts together with names, and the errors of `resolveNames`.
 */
export async function namedOrAll(
  directory: TenantDirectory,
  names: readonly string[],
  { hosts, command }: { readonly hosts?: readonly string[] | undefined; readonly command: string },
): Promise<ChosenTenants> {
  if (names.includes(ALL)) {
    const filter = { status: 'ACTIVE', hosts } as const;
    return { count: () => directory.count(filter), tenants: tenantsOfListing(directory, filter) };
  }
  if (hosts !== undefined) {
    throw hostsOfNames(command);
  }
  const named = await resolveNames(directory, names);
  return { count: async () => named.length, tenants: oneByOne(named) };
}

async function* oneByOne(tenants: readonly Tenant[]): AsyncGenerator<Tenant, void, undefined> {
  yield* tenants;
}

/** The error for hosts together with names. */
export function hostsOfNames(command: string): FanfoldError {
  return new FanfoldError('RequestInvalid', '--hosts can only be used with "all".', {
    fault: 'usage',
    nextStep: `Leave --hosts out, or use it with all tenants: ${commandSpan(command, 'all', '--hosts', '<hosts>')}`,
  });
}
