import {
  TENANT_COLUMN_NAMES,
  type TenantColumn,
  type TenantsTable,
} from '../../../core/central/tenants-mapping.ts';
import { tenantsTableMissing } from '../../../core/central/tenants-table-missing.ts';
import { centralDatabaseError } from '../../server/central-database-error.ts';
import { activeWords } from './active-words.ts';
import { type CatalogConnection, type CatalogRow, catalogText } from './catalog-connection.ts';
import { columnKind, isKeyKind } from './column-kind.ts';
import { findTables, type TableName } from './find-tables.ts';
import type { TableColumn } from './table-column.ts';
import { tenantsColumnsMissing, tenantsKeyMissing } from './tenants-errors.ts';
import {
  quoteIdentifier,
  type SourceColumn,
  type SourceColumns,
  type TenantsSource,
  type WriteTarget,
} from './tenants-source.ts';
import { writeTarget } from './write-target.ts';

/** Columns that may be absent unless the mapping names them. */
const OPTIONAL: readonly TenantColumn[] = ['name', 'dbPort'];

/** Examines the table or view that a mapping names. */
export async function examineTable(
  catalog: CatalogConnection,
  mapping: TenantsTable,
): Promise<TenantsSource> {
  const found = await findTables(catalog, mapping.table);
  const [table] = found.named;
  if (table === undefined) {
    if (found.tables.length === 0) {
      throw centralDatabaseError(
        'empty',
        catalog.address,
        'it has no tables that this user may read',
      );
    }
    throw tenantsTableMissing(catalog.address.database, mapping.table, found);
  }
  const shown = `the ${table.isView ? 'view' : 'table'} "${mapping.table}"`;
  const all = await readColumns(catalog, table);
  const columns = chooseColumns(shown, all, mapping);
  const active = activeWords(columns.status, mapping.active);
  const indexes = table.isView ? [] : await readIndexes(catalog, table);
  const isUnique = ({ name }: SourceColumn) =>
    indexes.some(({ isUnique, names }) => isUnique && names.length === 1 && names[0] === name);
  if (!isKeyKind(columns.id.kind)) {
    throw tenantsKeyMissing(shown, columns.id.name, 'its type cannot be a key');
  }
  if (!table.isView && !isUnique(columns.id)) {
    throw tenantsKeyMissing(shown, columns.id.name, 'no key makes it unique');
  }
  const idColumn = all.find(({ name }) => name === columns.id.name);
  const listed = [columns.status, columns.dbHost, columns.dbPort, columns.id];
  return {
    shown,
    from: `${tableSql(table)} AS t`,
    columns,
    active,
    hasKey: !table.isView && idColumn?.isNullable === false,
    hasUniqueSlug: isUnique(columns.slug),
    hasListingIndex: indexes.some(({ names }) =>
      listed.every((column, place) => column !== undefined && names[place] === column.name),
    ),
    target: { ...writeTarget(all, columns), table: tableSql(table) } satisfies WriteTarget,
  };
}

function tableSql({ schema, name }: TableName): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

async function readColumns(
  catalog: CatalogConnection,
  { schema, name }: TableName,
): Promise<TableColumn[]> {
  const rows = await catalog.rows(
    `SELECT COLUMN_NAME AS name, DATA_TYPE AS dataType, COLUMN_TYPE AS columnType,
       IS_NULLABLE AS nullable, COLUMN_DEFAULT AS initial, CHARACTER_MAXIMUM_LENGTH AS length,
       COLLATION_NAME AS collation, EXTRA AS extra
     FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?
     ORDER BY ORDINAL_POSITION`,
    [schema, name],
  );
  return rows.map((row) => ({
    name: catalogText(row.name),
    dataType: catalogText(row.dataType).toLowerCase(),
    columnType: catalogText(row.columnType),
    isNullable: catalogText(row.nullable) === 'YES',
    // MariaDB writes a NULL default as the word NULL.
    hasDefault: row.initial !== null && catalogText(row.initial) !== 'NULL',
    length: row.length === null ? undefined : Number(row.length),
    collation: catalogText(row.collation),
    extra: catalogText(row.extra).toLowerCase(),
  }));
}

function chooseColumns(
  shown: string,
  all: readonly TableColumn[],
  { columns: named = {} }: TenantsTable,
): SourceColumns {
  const found: Partial<Record<TenantColumn, SourceColumn>> = {};
  const missing: { column: TenantColumn; wanted: string }[] = [];
  for (const column of TENANT_COLUMN_NAMES) {
    const wanted = named[column] ?? column;
    // Column names are case-insensitive on the server.
    const match = all.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
    if (match !== undefined) found[column] = sourceColumn(match);
    else if (named[column] !== undefined || !OPTIONAL.includes(column)) {
      missing.push({ column, wanted });
    }
  }
  if (missing.length > 0) {
    throw tenantsColumnsMissing(
      shown,
      missing,
      all.map(({ name }) => name),
    );
  }
  return found as SourceColumns;
}

function sourceColumn({ name, dataType, collation }: TableColumn): SourceColumn {
  return {
    name,
    sql: `t.${quoteIdentifier(name)}`,
    kind: columnKind(dataType),
    ignoresCase: /_ci(?:$|_)/.test(collation),
  };
}

interface Index {
  readonly isUnique: boolean;
  readonly names: readonly string[];
}

async function readIndexes(
  catalog: CatalogConnection,
  { schema, name }: TableName,
): Promise<Index[]> {
  const rows = await catalog.rows(
    `SELECT INDEX_NAME AS indexName, COLUMN_NAME AS name, NON_UNIQUE AS isRepeated
     FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?
     ORDER BY INDEX_NAME, SEQ_IN_INDEX`,
    [schema, name],
  );
  const byName = Map.groupBy(rows, (row: CatalogRow) => catalogText(row.indexName));
  return [...byName.values()].map((parts) => ({
    isUnique: Number(parts[0]?.isRepeated) === 0,
    names: parts.map((part) => catalogText(part.name)),
  }));
}
