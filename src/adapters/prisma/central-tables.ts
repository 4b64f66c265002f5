import type {
  CentralColumn,
  CentralTable,
  CentralTables,
  StatusCount,
} from '../../core/adoption/central-tables.ts';
import { quoteName } from '../../core/adoption/quote-name.ts';
import type { CentralAccess } from '../../core/central/central-access.ts';
import type { TenantsMapping } from '../../core/central/tenants-mapping.ts';
import { lookAtCentral } from './central-client.ts';
import { lookError } from './central-error.ts';
import { type Look, type LookRow, lookedText } from './tenants/look.ts';

/** Statuses of a fleet are few; a column with more words than this is none. */
const MOST_WORDS = 50;

/**
 * Connects to a central database of which nothing is known yet, and disconnects whatever happens. Reads the
 * catalogue of the server, and counts.
 */
export async function usingCentralTables<Result>(
  access: CentralAccess,
  work: (central: CentralTables) => Promise<Result>,
): Promise<Result> {
  const ended = await lookAtCentral(access, async (look) => {
    const central: CentralTables = {
      database: access.login.database,
      tables: await readTables(look),
      countStatuses: async (mapping) => {
        try {
          return await countStatuses(look, mapping);
        } catch (error) {
          throw lookError(error, access.login);
        }
      },
    };
    // Whatever else is thrown there is no error of the database.
    return work(central).then(
      (result) => () => result,
      (error: unknown) => () => {
        throw error;
      },
    );
  });
  return ended();
}

async function readTables(look: Look): Promise<CentralTable[]> {
  const tables = await look.rows(
    `SELECT TABLE_NAME AS name, TABLE_TYPE AS kind
     FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME`,
  );
  const columns = byTable(
    await look.rows(
      `SELECT TABLE_NAME AS tableName, COLUMN_NAME AS name, DATA_TYPE AS dataType, COLUMN_TYPE AS columnType
       FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()
       ORDER BY TABLE_NAME, ORDINAL_POSITION`,
    ),
  );
  const indexes = byTable(
    await look.rows(
      `SELECT TABLE_NAME AS tableName, INDEX_NAME AS keyName, COLUMN_NAME AS name
       FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND NON_UNIQUE = 0
       ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX`,
    ),
  );
  const references = byTable(
    await look.rows(
      `SELECT TABLE_NAME AS tableName, CONSTRAINT_NAME AS keyName, COLUMN_NAME AS name,
         REFERENCED_TABLE_NAME AS otherTable, REFERENCED_COLUMN_NAME AS otherName
       FROM information_schema.KEY_COLUMN_USAGE
       WHERE TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_SCHEMA = DATABASE()`,
    ),
  );
  return tables.map((row) => {
    const name = lookedText(row.name);
    return {
      name,
      isView: lookedText(row.kind).includes('VIEW'),
      columns: (columns.get(name) ?? []).map(columnOfRow),
      ...keysOf(indexes.get(name) ?? []),
      references: ofOneColumn(references.get(name) ?? []).map((each) => ({
        column: lookedText(each.name),
        table: lookedText(each.otherTable),
        key: lookedText(each.otherName),
      })),
    };
  });
}

async function countStatuses(look: Look, mapping: TenantsMapping): Promise<StatusCount[]> {
  const { column, from } =
    'query' in mapping
      ? { column: 'status', from: `(\n${mapping.query}\n) AS tenants` }
      : { column: mapping.columns?.status ?? 'status', from: quoteName(mapping.table) };
  const rows = await look.rows(
    `SELECT ${quoteName(column)} AS word, COUNT(*) AS tenants FROM ${from}
     GROUP BY ${quoteName(column)} ORDER BY tenants DESC LIMIT ${MOST_WORDS}`,
  );
  return rows.map(({ word, tenants }) => ({ word: wordOf(word), tenants: Number(tenants) }));
}

/** As the mapping of a configuration writes it: numbers as text, and a BIT as a number. */
function wordOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value ? '1' : '0';
  const isBit = value instanceof Uint8Array && value.every((byte) => byte < 2);
  return isBit ? String(value.at(-1) ?? 0) : lookedText(value);
}

function byTable(rows: readonly LookRow[]): ReadonlyMap<string, LookRow[]> {
  return Map.groupBy(rows, ({ tableName }) => lookedText(tableName));
}

function columnOfRow({ name, dataType, columnType }: LookRow): CentralColumn {
  const type = lookedText(dataType).toLowerCase();
  const words = type === 'enum' ? enumWords(lookedText(columnType)) : [];
  return { name: lookedText(name), type, words };
}

/** Words of `enum('a','it''s')`, in which a quote is written twice. */
function enumWords(columnType: string): string[] {
  return [...columnType.matchAll(/'((?:[^']|'')*)'/g)].map(([, word = '']) =>
    word.replaceAll("''", "'"),
  );
}

function keysOf(indexes: readonly LookRow[]): Pick<CentralTable, 'primaryKey' | 'uniqueColumns'> {
  const primary = indexes.filter(({ keyName }) => lookedText(keyName) === 'PRIMARY');
  return {
    primaryKey: primary.map(({ name }) => lookedText(name)),
    uniqueColumns: ofOneColumn(indexes).map(({ name }) => lookedText(name)),
  };
}

/** The rows of those indexes or keys that have one column. */
function ofOneColumn(rows: readonly LookRow[]): LookRow[] {
  const keys = Map.groupBy(rows, ({ keyName }) => lookedText(keyName));
  return [...keys.values()].flatMap((parts) => (parts.length === 1 ? parts : []));
}
