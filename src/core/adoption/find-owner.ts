import type { CentralTable } from './central-tables.ts';
import { singular } from './column-roles.ts';
import { findTenantColumns } from './tenant-columns.ts';
import type { TenantsCandidate } from './tenants-candidate.ts';

/** The table that a table of logins belongs to, such as `companies` of `company_databases`. */
export interface Owner {
  readonly table: CentralTable;
  /** Column of the owner, and the column of the logins that is equal to it. */
  readonly on: readonly [owner: string, login: string];
}

/**
 * Finds the table of the tenants that own the logins, if the rows themselves have neither a slug nor a
 * status: by a foreign key in either direction, or by a column that is named after the other table.
 * `undefined` if there is no such table, or more than one.
 */
export function findOwner(
  { table, found, flags }: TenantsCandidate,
  tables: readonly CentralTable[],
): Owner | undefined {
  const standsAlone =
    found.status !== undefined ||
    found.slug !== found.id ||
    flags.isActive !== undefined ||
    flags.isInactive !== undefined;
  if (standsAlone) return undefined;
  const owners = tables
    .filter((other) => other !== table && !other.isView && hasName(other))
    .flatMap((other) => joinOf(table, other) ?? []);
  return owners.length === 1 ? owners[0] : undefined;
}

/** Tables such as `users` have names as well, but neither a slug nor a status by which a tenant is known. */
function hasName(table: CentralTable): boolean {
  const { found, flags } = findTenantColumns(table);
  const hasSlug = found.slug !== undefined && found.slug !== found.id;
  return (
    found.id !== undefined &&
    (hasSlug || found.status !== undefined || flags.isActive !== undefined)
  );
}

function joinOf(logins: CentralTable, other: CentralTable): Owner | undefined {
  const [there] = logins.references.filter(({ table }) => table === other.name);
  if (there !== undefined) return { table: other, on: [there.key, there.column] };
  const [back] = other.references.filter(({ table }) => table === logins.name);
  if (back !== undefined) return { table: other, on: [back.column, back.key] };
  const [key] = other.primaryKey;
  const wanted = `${singular(other.name)}id`.toLowerCase().replaceAll('_', '');
  const named = logins.columns.find(
    ({ name }) => name.toLowerCase().replaceAll('_', '') === wanted,
  );
  return key === undefined || named === undefined
    ? undefined
    : { table: other, on: [key, named.name] };
}
