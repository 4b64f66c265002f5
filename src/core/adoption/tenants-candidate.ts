import type { CentralTable } from './central-tables.ts';
import {
  findTenantColumns,
  LOGIN_ROLES,
  type NamedColumns,
  type TenantColumns,
} from './tenant-columns.ts';

/** A table that may be the table of tenants. */
export interface TenantsCandidate extends TenantColumns {
  readonly table: CentralTable;
  /** Roles that its rows lack to be tenants: none if the table can be read as it is. */
  readonly lacks: readonly ((typeof LOGIN_ROLES)[number] | 'id')[];
  /** A column that holds a whole login as one text, which nobody can map. */
  readonly url: string | undefined;
  /** The likelier, the higher; comparable within one database. */
  readonly score: number;
}

/** Fewer columns of a login than this are a coincidence: every table of people has a user and a password. */
const FEWEST_FOUND = 3;

/** Names that products give to tenants. */
const USUAL_NAMES =
  /^(?:tenants?|compan(?:y|ies)|organi[sz]ations?|workspaces?|accounts?|customers?|clients?|shops?|stores?|sites?|businesses|schools?|tenant_?databases?|databases|connections?)$/i;

const URL_NAME =
  /^(?:tenant)?(?:db|database|mysql|connection|conn)_?(?:url|uri|dsn|string|connection_?string)$/i;

/** The tables of a central database that can hold tenants, the likeliest first. */
export function findCandidates(
  tables: readonly CentralTable[],
  named: NamedColumns = {},
): readonly TenantsCandidate[] {
  return tables
    .filter(({ name }) => !isBookkeeping(name))
    .map((table) => judgeTable(table, named))
    .filter(({ lacks, url }) => LOGIN_ROLES.length - lacks.length >= FEWEST_FOUND - 1 || url)
    .filter((candidate) => isPlausible(candidate))
    .toSorted((a, b) => b.score - a.score || a.table.name.localeCompare(b.table.name));
}

/** Judges one table. */
export function judgeTable(table: CentralTable, named: NamedColumns = {}): TenantsCandidate {
  const columns = findTenantColumns(table, named);
  const lacks = [...LOGIN_ROLES, 'id' as const].filter((role) => columns.found[role] === undefined);
  const url = table.columns.find(({ name }) => URL_NAME.test(name))?.name;
  const others = (['slug', 'status', 'dbPort'] as const).filter((role) => columns.found[role]);
  const score =
    10 * (LOGIN_ROLES.length + 1 - lacks.length) +
    others.length +
    (USUAL_NAMES.test(table.name) ? 5 : 0) +
    (/^tenants?$/i.test(table.name) ? 5 : 0);
  return { ...columns, table, lacks, url, score };
}

function isPlausible({ lacks, url, table }: TenantsCandidate): boolean {
  if (url !== undefined && USUAL_NAMES.test(table.name)) return true;
  const login = LOGIN_ROLES.length - lacks.filter((role) => role !== 'id').length;
  return login >= FEWEST_FOUND;
}

/** Tables of tools, ours among them. */
function isBookkeeping(name: string): boolean {
  return /^(?:_prisma_migrations|(?:knex_)?migrations(?:_lock)?|fanfold_\w+)$/i.test(name);
}
