import type { TenantColumn } from '../central/tenants-mapping.ts';
import type { CentralColumn, CentralTable } from './central-tables.ts';
import { type ColumnRole, roleRank } from './column-roles.ts';

/** Columns without which nobody can log in to a tenant's database. */
export const LOGIN_ROLES = ['dbHost', 'dbName', 'dbUser', 'dbPassword'] as const;

/** The candidates among a table's columns, by role. */
export interface TenantColumns {
  /** Name of the column that most likely has the role. */
  readonly found: Readonly<Partial<Record<TenantColumn, string | undefined>>>;
  readonly flags: Readonly<Partial<Record<'isActive' | 'isInactive', string>>>;
  /** Columns that mark the tenant of a row as gone, by a time or by a flag. */
  readonly gone: readonly { readonly column: string; readonly role: 'goneAt' | 'isGone' }[];
  /** Roles that two columns have equally likely, as `dbHost` beside `db_host`, with those columns. */
  readonly tied: readonly { readonly role: TenantColumn; readonly columns: readonly string[] }[];
}

/** Columns that somebody has named for a role, which count above what their names suggest. */
export type NamedColumns = Readonly<Partial<Record<TenantColumn, string>>>;

const GONE = ['goneAt', 'isGone'] as const;
const FLAGS = ['isActive', 'isInactive'] as const;

/** Finds the columns of a tenant in a table by their names and types. */
export function findTenantColumns(table: CentralTable, named: NamedColumns = {}): TenantColumns {
  const found: Partial<Record<TenantColumn, string | undefined>> = { ...named };
  const tied: { role: TenantColumn; columns: readonly string[] }[] = [];
  const taken = new Set(Object.values(named));
  const take = (role: TenantColumn, from: readonly CentralColumn[]) => {
    if (found[role] !== undefined) return;
    const [first, ...others] = likeliest(
      from.filter(({ name }) => !taken.has(name)),
      role,
      table.name,
    );
    if (first === undefined) return;
    found[role] = first;
    taken.add(first);
    if (others.length > 0) tied.push({ role, columns: [first, ...others] });
  };

  for (const role of [...LOGIN_ROLES, 'dbPort'] as const) take(role, table.columns);
  found.id ??= keyOf(table, taken);
  if (found.id !== undefined) taken.add(found.id);
  take('status', table.columns);
  // A name that people type must identify one tenant. A column that is called slug is trusted until it is read.
  take('slug', table.columns.filter(isUnique(table)));
  take(
    'slug',
    table.columns.filter(({ name }) => /^(?:\w+_)?slug$/i.test(name)),
  );
  take('name', table.columns);
  found.slug ??= uniqueName(found.name, table) ?? found.id;
  found.name ??= found.slug;
  return { found, flags: findFlags(table), gone: findGone(table), tied };
}

function findFlags(table: CentralTable): TenantColumns['flags'] {
  const flags = FLAGS.map((role) => [role, likeliest(table.columns, role, table.name)[0]] as const);
  return Object.fromEntries(flags.filter(([, column]) => column !== undefined));
}

function findGone(table: CentralTable): TenantColumns['gone'] {
  return table.columns.flatMap((column) => {
    const role = GONE.find((each) => roleRank(column, each, table.name) !== undefined);
    return role === undefined ? [] : { column: column.name, role };
  });
}

/** The surest columns for a role: one, or several that are equally sure. */
function likeliest(
  columns: readonly CentralColumn[],
  role: ColumnRole,
  table: string,
): readonly string[] {
  let best: { readonly rank: number; readonly names: string[] } | undefined;
  for (const column of columns) {
    const rank = roleRank(column, role, table);
    if (rank === undefined || rank > (best?.rank ?? Number.POSITIVE_INFINITY)) continue;
    if (rank === best?.rank) best.names.push(column.name);
    else best = { rank, names: [column.name] };
  }
  return best?.names ?? [];
}

/** The primary key, whatever its name. A view has none, so a column that is named like one counts. */
function keyOf(table: CentralTable, taken: ReadonlySet<string>): string | undefined {
  const [key, ...more] = table.primaryKey;
  if (key !== undefined && more.length === 0) return key;
  if (!table.isView) return undefined;
  return likeliest(
    table.columns.filter(({ name }) => !taken.has(name)),
    'id',
    table.name,
  )[0];
}

function isUnique({ isView, uniqueColumns, primaryKey }: CentralTable) {
  return ({ name }: CentralColumn) =>
    !primaryKey.includes(name) && (uniqueColumns.includes(name) || isView);
}

function uniqueName(name: string | undefined, table: CentralTable): string | undefined {
  return name !== undefined && table.uniqueColumns.includes(name) ? name : undefined;
}
