import {
  TENANT_COLUMN_NAMES,
  type TenantColumn,
  type TenantsMapping,
} from '../central/tenants-mapping.ts';
import type { Owner } from './find-owner.ts';
import { quoteName } from './quote-name.ts';
import { findTenantColumns, type TenantColumns } from './tenant-columns.ts';
import type { TenantsCandidate } from './tenants-candidate.ts';

/** The mapping by which the tenants of a table are read, and notes for a person before it is written down. */
export interface ProposedMapping {
  /** Without `active`, which takes a look at the rows. */
  readonly mapping: TenantsMapping;
  /** `words`: a status. `flag`: yes or no. `opposite`: a flag such as `is_suspended`. `none`: all are active. */
  readonly statusKind: 'words' | 'flag' | 'opposite' | 'none';
  /** Name of the column that says so. */
  readonly statusColumn: string | undefined;
  /** Decisions that may be wrong. */
  readonly remarks: readonly string[];
}

/**
 * Proposes the mapping of a table whose columns are known: by its columns if they are enough, because only
 * then rows can be written too; otherwise by a query.
 */
export function proposeMapping(candidate: TenantsCandidate, owner?: Owner): ProposedMapping {
  return owner === undefined ? ofOneTable(candidate) : ofTwoTables(candidate, owner);
}

function ofOneTable(candidate: TenantsCandidate): ProposedMapping {
  const { table, found, gone } = candidate;
  const status = statusOf(candidate);
  // A tenant without a name is shown by its slug anyway.
  const name = found.name === found.slug ? undefined : found.name;
  const columns = { ...found, name, status: status.column };
  const needsQuery = gone.length > 0 || status.column === undefined;
  const remarks = [...portRemarks(found), ...status.remarks, ...goneRemarks(gone)];
  if (!needsQuery) {
    const differing = TENANT_COLUMN_NAMES.flatMap((name) => {
      const column = columns[name];
      return column === undefined || column === name ? [] : [[name, column] as const];
    });
    const mapping = {
      table: table.name,
      ...(differing.length > 0 && { columns: Object.fromEntries(differing) }),
    };
    return { mapping, statusKind: status.kind, statusColumn: status.column, remarks };
  }
  const query = select(
    (name) => sourceOf(name, columns[name]),
    [`FROM ${quoteName(table.name)}`, ...isThere(gone)],
  );
  return {
    mapping: { query },
    statusKind: status.kind,
    statusColumn: status.column,
    remarks: [...remarks, READ_ONLY],
  };
}

/** Reads address and login from one table, and slug and status from the other. */
function ofTwoTables({ table, found }: TenantsCandidate, owner: Owner): ProposedMapping {
  const theirs = findTenantColumns(owner.table);
  const status = statusOf(theirs);
  const { gone } = theirs;
  const own: readonly TenantColumn[] = ['id', 'slug', 'name', 'status'];
  const columns = { ...theirs.found, status: status.column };
  const query = select(
    (name) =>
      own.includes(name) ? sourceOf(name, columns[name], 'o.') : sourceOf(name, found[name], 'd.'),
    [
      `FROM ${quoteName(owner.table.name)} AS o`,
      `JOIN ${quoteName(table.name)} AS d ON d.${quoteName(owner.on[1])} = o.${quoteName(owner.on[0])}`,
      ...isThere(gone, 'o.'),
    ],
  );
  const remarks = [
    `Its rows belong to those of ${owner.table.name}, which say who it is.`,
    ...portRemarks(found),
    ...status.remarks,
    ...goneRemarks(gone),
    READ_ONLY,
  ];
  return { mapping: { query }, statusKind: status.kind, statusColumn: status.column, remarks };
}

const READ_ONLY =
  'That takes a query: tenants can be read and migrated, but not added or changed by commands.';

/** A column of the query; `undefined` for a name or a port that is left to the default. */
function sourceOf(name: TenantColumn, column: string | undefined, alias = ''): string | undefined {
  if (column === undefined) return name === 'status' ? "'ACTIVE' AS status" : undefined;
  const source = alias + quoteName(column);
  return column === name && alias === '' ? source : `${source} AS ${name}`;
}

function select(
  sourceOfColumn: (name: TenantColumn) => string | undefined,
  rest: readonly string[],
): string {
  // One column on each line, for people who change it.
  const columns = TENANT_COLUMN_NAMES.flatMap((name) => sourceOfColumn(name) ?? []);
  return ['SELECT', `  ${columns.join(',\n  ')}`, ...rest].join('\n');
}

function portRemarks({ dbPort }: TenantColumns['found']): string[] {
  return dbPort === undefined ? ['It has no column for the port: 3306 is taken.'] : [];
}

function goneRemarks(gone: TenantColumns['gone']): string[] {
  const columns = gone.map(({ column }) => column).join(' or ');
  return gone.length === 0 ? [] : [`Rows whose ${columns} is set are left out.`];
}

/** The condition that leaves out tenants that are gone. */
function isThere(gone: TenantColumns['gone'], alias = ''): string[] {
  const conditions = gone.map(({ column, role }) => {
    const name = alias + quoteName(column);
    return role === 'goneAt' ? `${name} IS NULL` : `COALESCE(${name}, 0) = 0`;
  });
  return conditions.length === 0 ? [] : [`WHERE ${conditions.join(' AND ')}`];
}

interface Status {
  readonly column: string | undefined;
  readonly kind: ProposedMapping['statusKind'];
  readonly remarks: readonly string[];
}

function statusOf({ found, flags }: Pick<TenantColumns, 'found' | 'flags'>): Status {
  const all = [found.status, flags.isActive, flags.isInactive].filter(
    (column) => column !== undefined,
  );
  const [column, ...others] = new Set(all);
  const remarks = others.map((other) => `${column} says who is active; ${other} is not looked at.`);
  if (column === undefined) {
    return { column, kind: 'none', remarks: ['It has no status: every row is active.'] };
  }
  if (column === found.status) return { column, kind: 'words', remarks };
  return { column, kind: column === flags.isActive ? 'flag' : 'opposite', remarks };
}
