import { FanfoldError } from '../errors.ts';
import type { TenantDirectory } from '../ports.ts';
import type { Tenant } from '../tenant.ts';
import { inPages } from './in-pages.ts';
import { tenantAmbiguous } from './tenant-ambiguous.ts';

/** The most names in one call of the directory. */
const PAGE = 1_000;

/**
 * The tenants that people mean by slugs or ids, whatever their status, in the order of the names, each
 * once. Throws `TenantUnknown`, which names all that are, or `TenantAmbiguous` (both `usage`).
 */
export async function resolveNames(
  directory: Pick<TenantDirectory, 'findByNames'>,
  names: readonly string[],
): Promise<Tenant[]> {
  const wanted = new Set(names);
  const found: Tenant[] = [];
  for await (const page of inPages(wanted, PAGE)) {
    found.push(...(await directory.findByNames(page)));
  }
  const byName = new Map<string, Tenant>();
  for (const name of wanted) {
    const matches = new Map(
      found.filter(({ id, slug }) => slug === name || id === name).map((one) => [one.id, one]),
    );
    const [match, other] = [...matches.values()];
    if (match !== undefined && other !== undefined) throw tenantAmbiguous(name, match, other);
    if (match !== undefined) byName.set(name, match);
  }
  const unknown = [...wanted].filter((name) => !byName.has(name));
  if (unknown.length > 0) throw tenantUnknown(unknown);
  return [...new Map([...byName.values()].map((tenant) => [tenant.id, tenant])).values()];
}

/** {@link resolveNames} for one name. */
export async function resolveName(
  directory: Pick<TenantDirectory, 'findByNames'>,
  name: string,
): Promise<Tenant> {
  const [tenant] = await resolveNames(directory, [name]);
  if (tenant === undefined) throw tenantUnknown([name]);
  return tenant;
}

function tenantUnknown(names: readonly string[]): FanfoldError {
  return new FanfoldError(
    'TenantUnknown',
    names.length === 1
      ? `No tenant has the slug or id ${quoted(names)}.`
      : `No tenants have these slugs or ids: ${quoted(names)}.`,
    {
      fault: 'usage',
      nextStep: 'List the tenants: `fanfold tenant:list`',
    },
  );
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
