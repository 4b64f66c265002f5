import type {
  CentralColumn,
  CentralTable,
  CentralTables,
  StatusCount,
} from '../../core/adoption/central-tables.ts';
import { quoteName } from '../../core/adoption/quote-name.ts';
import type { CentralAccess } from '../../core/central/central-access.ts';
import type { TenantsMapping } from '../../core/central/tenants-mapping.ts';
import { enumMembers } from '../../core/text/enum-members.ts';
import { usingCatalog } from './central-client.ts';
import { catalogError } from './central-error.ts';
import {
  type CatalogConnection,
  type CatalogRow,
  catalogText,
} from './tenants/catalog-connection.ts';

/** A column with more distinct values than this is not a status column. */
const MOST_WORDS = 50;

/**
 * Connects to a central database of which nothing is known yet, and always disconnects afterwards. `work`
 * gets the tables from the server's catalogue and a way to count statuses.
 */
export async function usingCentralTables<Result>(
  access: CentralAccess,
  work: (central: CentralTables) => Promise<Result>,
): Promise<Result> {
  const ended = await usingCatalog(access, async (catalog) => {
    const central: CentralTables = {
      database: access.login.database,
      tables: await readTables(catalog),
      countStatuses: async (mapping) => {
        try {
          return await countStatuses(catalog, mapping);
        } catch (error) {
          throw catalogError(error, access.login);
        }
      },
    };
    // Errors that `work` throws are not database errors: they must not be explained as such.
    return work(central).then(
      (result) => () => result,
      (error: unknown) => () => {
        throw error;
      },
    );
  });
  return ended();
}

async function readTables(catalog: CatalogConnection): Promise<CentralTable[]> {
  const tables = await catalog.rows(
    `SELECT TABLE_NAME AS name, TABLE_TYPE AS kind
     FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME`,
  );
  const columns = byTable(
    await catalog.rows(
      `SELECT TABLE_NAME AS tableName, COLUMN_NAME AS name, DATA_TYPE AS dataType, COLUMN_TYPE AS columnType
       FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()
       ORDER BY TABLE_NAME, ORDINAL_POSITION`,
    ),
  );
  const indexes = byTable(
    await catalog.rows(
      `SELECT TABLE_NAME AS tableName, INDEX_NAME AS keyName, COLUMN_NAME AS name
       FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND NON_UNIQUE = 0
       ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX`,
    ),
  );
  const references = byTable(
    await catalog.rows(
      `SELECT TABLE_NAME AS tableName, CONSTRAINT_NAME AS keyName, COLUMN_NAME AS name,
         REFERENCED_TABLE_NAME AS otherTable, REFERENCED_COLUMN_NAME AS otherName
       FROM information_schema.KEY_COLUMN_USAGE
       WHERE TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_SCHEMA = DATABASE()`,
    ),
  );
  return tables.map((row) => {
    const name = catalogText(row.name);
    return {
      name,
      isView: catalogText(row.kind).includes('VIEW'),
      columns: (columns.get(name) ?? []).map(columnOfRow),
      ...keysOf(indexes.get(name) ?? []),
      references: ofOneColumn(references.get(name) ?? []).map((each) => ({
        column: catalogText(each.name),
        table: catalogText(each.otherTable),
        key: catalogText(each.otherName),
      })),
    };
  });
}

async function countStatuses(
  catalog: CatalogConnection,
  mapping: TenantsMapping,
): Promise<StatusCount[]> {
  const { column, from } =
    'query' in mapping
      ? { column: 'status', from: `(\n${mapping.query}\n) AS tenants` }
      : { column: mapping.columns?.status ?? 'status', from: quoteName(mapping.table) };
  const rows = await catalog.rows(
    `SELECT ${quoteName(column)} AS word, COUNT(*) AS tenants FROM ${from}
     GROUP BY ${quoteName(column)} ORDER BY tenants DESC LIMIT ${MOST_WORDS}`,
  );
  return rows.map(({ word, tenants }) => ({ word: wordOf(word), tenants: Number(tenants) }));
}

/** The value as a mapping in the configuration writes it: numbers as text, and a BIT as a number. */
function wordOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value ? '1' : '0';
  const isBit = value instanceof Uint8Array && value.every((byte) => byte < 2);
  return isBit ? String(value.at(-1) ?? 0) : catalogText(value);
}

function byTable(rows: readonly CatalogRow[]): ReadonlyMap<string, CatalogRow[]> {
  return Map.groupBy(rows, ({ tableName }) => catalogText(tableName));
}

function columnOfRow({ name, dataType, columnType }: CatalogRow): CentralColumn {
  const type = catalogText(dataType).toLowerCase();
  const words = type === 'enum' ? enumMembers(catalogText(columnType)) : [];
  return { name: catalogText(name), type, words };
}

function keysOf(
  indexes: readonly CatalogRow[],
): Pick<CentralTable, 'primaryKey' | 'uniqueColumns'> {
  const primary = indexes.filter(({ keyName }) => catalogText(keyName) === 'PRIMARY');
  return {
    primaryKey: primary.map(({ name }) => catalogText(name)),
    uniqueColumns: ofOneColumn(indexes).map(({ name }) => catalogText(name)),
  };
}

/** The rows of single-column indexes or keys. */
function ofOneColumn(rows: readonly CatalogRow[]): CatalogRow[] {
  const keys = Map.groupBy(rows, ({ keyName }) => catalogText(keyName));
  return [...keys.values()].flatMap((parts) => (parts.length === 1 ? parts : []));
}
