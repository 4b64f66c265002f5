import type { Connection } from 'mysql2';
import type { ContentColumn } from '../../../core/safety/rehearsal/database-contents.ts';
import type {
  SnapshotContents,
  SnapshotObject,
  SnapshotTable,
} from '../../../core/snapshot/snapshot-ports.ts';
import { isTableMissing } from '../../server/server-error.ts';
import type { KnexTables } from '../bookkeeping/knex-tables.ts';
import { queryTexts, type TextRow } from '../scratch/query-texts.ts';
import { columnOf, quote } from '../scratch/read-contents.ts';
import { hasLibraries, type ListedObject, listObjects } from '../shapes/list-objects.ts';
import { withoutOwnDatabase } from '../shapes/own-database.ts';
import { CREATE_WORDS } from '../shapes/show-create.ts';
import { withoutStart } from '../shapes/stored-definition.ts';
import { parseSqlMode } from '../sql/sql-mode.ts';
import { inOrder } from './creation-order.ts';

/** The database to read. */
export interface ReadSnapshotContentsOptions {
  readonly database: string;
  readonly isMariaDb: boolean;
  /** Names of Knex's and Fanfold's tables, in lower case. */
  readonly ownTables: ReadonlySet<string>;
  readonly tables: Pick<KnexTables, 'journal'>;
}

/** Columns of `SHOW CREATE` that describe the session in which an object was created. */
const OF_SESSION = [
  'sql_mode',
  'time_zone',
  'character_set_client',
  'collation_connection',
  'Database Collation',
];

/** Reads all definitions of a database, and how the rows of its tables are to be read. */
export async function readSnapshotContents(
  connection: Connection,
  options: ReadSnapshotContentsOptions,
): Promise<SnapshotContents> {
  const { database, isMariaDb, ownTables, tables } = options;
  const [listed] = await listObjects(connection, [database], {
    isMariaDb,
    hasLibraries: await hasLibraries(connection),
  });
  if (listed === undefined) throw new Error('The scratch database is gone.');
  const isOwn = ({ kind, name }: ListedObject) =>
    kind === 'table' && ownTables.has(name.toLowerCase());
  const objects = listed.objects.filter((each) => !isOwn(each));
  const [users = [], columns = [], keys = [], versioned = [], ...texts] = await queryTexts(
    connection,
    [
      'SELECT CURRENT_USER() AS account',
      `SELECT TABLE_NAME AS \`table\`, COLUMN_NAME AS name, DATA_TYPE AS type, EXTRA AS extra, COLUMN_DEFAULT AS given
       FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME, ORDINAL_POSITION`,
      `SELECT TABLE_NAME AS \`table\`, COLUMN_NAME AS name FROM information_schema.STATISTICS
       WHERE TABLE_SCHEMA = DATABASE() AND INDEX_NAME = 'PRIMARY' ORDER BY TABLE_NAME, SEQ_IN_INDEX`,
      `SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'SYSTEM VERSIONED'`,
      ...objects.map(({ kind, name }) => `SHOW CREATE ${CREATE_WORDS[kind]} ${quote(name)}`),
    ],
  );
  const columnsOf = Map.groupBy(columns, ({ table }) => table ?? '');
  const keysOf = Map.groupBy(keys, ({ table }) => table ?? '');
  const read = objects.map((object, at) =>
    objectOf(object, texts[at]?.[0] ?? {}, { database, login: users[0]?.account ?? '' }),
  );
  return {
    charset: listed.charset,
    collation: listed.collation,
    objects: inOrder(await withStates(connection, read)),
    tables: objects
      .filter(({ kind }) => kind === 'table')
      .map(({ name }) => tableOf(name, columnsOf.get(name) ?? [], keysOf.get(name) ?? [])),
    withHistory: versioned.map(({ name = '' }) => name),
    left: await readLeft(connection, tables),
  };
}

function tableOf(
  name: string,
  columns: readonly TextRow[],
  keys: readonly TextRow[],
): SnapshotTable {
  return {
    name,
    columns: columns.map(columnOf).filter(({ isGenerated }: ContentColumn) => !isGenerated),
    key: keys.map((key) => key.name ?? ''),
  };
}

function objectOf(
  { kind, name, startsByDefault = false }: ListedObject,
  row: TextRow,
  { database, login }: { readonly database: string; readonly login: string },
): SnapshotObject {
  const column = Object.keys(row).find((each) => /^(?:create |sql original)/i.test(each)) ?? '';
  const text = withoutOwnDatabase(row[column] ?? '', database, parseSqlMode(row.sql_mode ?? ''));
  const own = withoutLogin(text, login);
  const session = OF_SESSION.flatMap((each) => {
    const value = row[each];
    return value === undefined ? [] : [[each, value] as const];
  });
  return {
    kind,
    name,
    sql: startsByDefault ? withoutStart(own) : own,
    session: Object.fromEntries(session),
  };
}

/** The login that applies the snapshot becomes the definer of objects that this login has defined, as after a replay. */
function withoutLogin(sql: string, login: string): string {
  const at = login.lastIndexOf('@');
  const [user, host] = [login.slice(0, at), login.slice(at + 1)];
  for (const definer of [`${quote(user)}@${quote(host)}`, `"${user}"@"${host}"`]) {
    const clause = ` DEFINER=${definer}`;
    const found = sql.indexOf(clause);
    if (found >= 0) return sql.slice(0, found) + sql.slice(found + clause.length);
  }
  return sql;
}

/** Sequences with the number that they would give next. */
async function withStates(
  connection: Connection,
  objects: readonly SnapshotObject[],
): Promise<SnapshotObject[]> {
  const sequences = objects.filter(({ kind }) => kind === 'sequence');
  const states = await queryTexts(
    connection,
    sequences.map(({ name }) => `SELECT next_not_cached_value AS next FROM ${quote(name)}`),
  );
  const byName = new Map(sequences.map(({ name }, at) => [name, states[at]?.[0]?.next]));
  return objects.map((object) =>
    object.kind === 'sequence' ? { ...object, state: byName.get(object.name) } : object,
  );
}

async function readLeft(
  connection: Connection,
  { journal }: Pick<KnexTables, 'journal'>,
): Promise<Record<string, unknown>> {
  const sql = `SELECT migration, state FROM ${journal} WHERE number = 0 AND state IS NOT NULL`;
  const [rows = []] = await queryTexts(connection, [sql]).catch((error: unknown) => {
    // Without any migration there is no journal.
    if (isTableMissing(error)) return [[]];
    throw error;
  });
  const found = rows.flatMap(({ migration = '', state = '{}' }) => {
    const { left } = JSON.parse(state) as { left?: unknown };
    return left === undefined ? [] : [[migration, left] as const];
  });
  return Object.fromEntries(found.sort());
}
