import { type CatalogConnection, catalogText } from './catalog-connection.ts';

export interface TableName {
  readonly schema: string;
  readonly name: string;
  readonly isView: boolean;
}

export interface FoundTables {
  /** The table with that name: none or one. */
  readonly named: readonly TableName[];
  /** The names of all tables in the central database, without Fanfold's own and those of migrators. */
  readonly tables: readonly string[];
  /** The subset whose columns suggest that they hold database logins. */
  readonly candidates: readonly string[];
}

/** Tables that do not belong to a product: Fanfold's own, and the histories of migrators. */
const BOOKKEEPING = /^(?:fanfold_.*|knex_migrations(?:_lock)?|_prisma_migrations)$/i;

/** Names of columns for a host, a database and a password, without case and separators. */
const LOGIN = [
  /^(?:db|database|mysql|mariadb|sql|tenancydb)?(?:host|hostname|server|endpoint)$/,
  /^(?:db|database|mysql|mariadb|sql|tenancydb)(?:name|database|schema)?$|^schema(?:name)?$/,
  /pass(?:word|wd)?|pwd|secret/,
];

/** Finds a table or view by its name, or as `database.table`. If there is none, lists the existing ones. */
export async function findTables(catalog: CatalogConnection, wanted: string): Promise<FoundTables> {
  const dot = wanted.indexOf('.');
  const [schema, name] =
    dot < 0 ? ['', ''] : [wanted.slice(0, dot), wanted.slice(dot + 1)].map(unquoted);
  const rows = await catalog.rows(
    `SELECT TABLE_SCHEMA AS tableSchema, TABLE_NAME AS name, TABLE_TYPE AS kind
     FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? OR TABLE_SCHEMA = ? AND TABLE_NAME = ?`,
    [unquoted(wanted), schema, name],
  );
  const named = rows.map((row) => ({
    schema: catalogText(row.tableSchema),
    name: catalogText(row.name),
    isView: catalogText(row.kind).includes('VIEW'),
  }));
  if (named.length > 0) return { named: named.slice(0, 1), tables: [], candidates: [] };
  return { named, ...(await otherTables(catalog)) };
}

function unquoted(name: string): string {
  return /^`.*`$/s.test(name) ? name.slice(1, -1).replaceAll('``', '`') : name;
}

async function otherTables(catalog: CatalogConnection): Promise<Omit<FoundTables, 'named'>> {
  const rows = await catalog.rows(
    `SELECT TABLE_NAME AS tableName, COLUMN_NAME AS name FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME, ORDINAL_POSITION`,
  );
  const columns = new Map<string, string[]>();
  for (const row of rows) {
    const table = catalogText(row.tableName);
    if (BOOKKEEPING.test(table)) continue;
    const plain = catalogText(row.name)
      .toLowerCase()
      .replaceAll(/[^a-z0-9]/g, '');
    columns.set(table, [...(columns.get(table) ?? []), plain]);
  }
  return {
    tables: [...columns.keys()],
    candidates: [...columns].flatMap(([table, names]) =>
      LOGIN.every((part) => names.some((column) => part.test(column))) ? table : [],
    ),
  };
}
