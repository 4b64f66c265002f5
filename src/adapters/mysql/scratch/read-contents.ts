import type { Connection } from 'mysql2';
import type {
  CellText,
  ContentColumn,
  DatabaseContents,
  ObjectContents,
  TableContents,
} from '../../../core/safety/rehearsal/database-contents.ts';
import { LIBRARY_VIEW } from '../connection/library-view.ts';
import { queryTexts, type TextRow } from './query-texts.ts';
import { isBinaryType } from './value-literal.ts';
import { withoutImpliedCharset } from './without-implied-charset.ts';

/** The database to read. */
export interface ReadContentsOptions {
  readonly database: string;
  /** Tables of Knex and Fanfold, in lower case. */
  readonly bookkeeping: ReadonlySet<string>;
}

/** Questions about the objects of the current database; every column is named, because servers differ in case. */
const OBJECTS = [
  'SELECT TABLE_NAME AS name, TABLE_TYPE AS type FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1',
  `SELECT TABLE_NAME AS \`table\`, COLUMN_NAME AS name, DATA_TYPE AS type, EXTRA AS extra, COLUMN_DEFAULT AS given
   FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME, ORDINAL_POSITION`,
  'SELECT ROUTINE_NAME AS name, LOWER(ROUTINE_TYPE) AS type FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE() ORDER BY 2, 1',
  // The order in which triggers of one table and moment fire counts.
  'SELECT TRIGGER_NAME AS name, EVENT_OBJECT_TABLE AS `table` FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() ORDER BY EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER',
  'SHOW EVENTS',
  LIBRARY_VIEW,
] as const;

/** Of MySQL from 9.2 on. */
const LIBRARIES =
  'SELECT LIBRARY_NAME AS name FROM information_schema.LIBRARIES WHERE LIBRARY_SCHEMA = DATABASE() ORDER BY 1';

/** The types of routines as servers call them, in lower case. */
type RoutineKind = 'function' | 'procedure' | 'package' | 'package body';

/** Reads definitions and rows of everything in the connection's database, in two round trips; three if it has libraries. */
export async function readContents(
  connection: Connection,
  { database, bookkeeping }: ReadContentsOptions,
): Promise<DatabaseContents> {
  const answered = await queryTexts(connection, OBJECTS);
  const [tables = [], columns = [], routines = [], triggers = [], events = [], views = []] =
    answered;
  const [libraries = []] = views.length === 0 ? [] : await queryTexts(connection, [LIBRARIES]);
  const columnsOf = Map.groupBy(columns, ({ table }) => table ?? '');
  const asked = [
    ...tables.map((row) => askedTable(row, columnsOf)),
    ...libraries.map(({ name }) => askedObject('library', name)),
    ...routines.map(({ name, type }) => askedObject(type as RoutineKind, name)),
    ...triggers.map(({ name, table }) => askedObject('trigger', name, table)),
    ...events.map(({ Name }) => askedObject('event', Name)),
  ];
  const answers = await queryTexts(
    connection,
    asked.flatMap(({ queries }) => queries),
  );
  const found = { tables: new Map(), objects: new Map(), bookkeeping: new Map() };
  let at = 0;
  for (const { kind, name, table, columns: own, queries } of asked) {
    const [definitions = [], rows = []] = answers.slice(at, at + queries.length);
    at += queries.length;
    const [row = {}] = definitions;
    if (kind === 'table') {
      const where = bookkeeping.has(name.toLowerCase()) ? found.bookkeeping : found.tables;
      where.set(name, tableOf(row, own, rows));
    } else {
      found.objects.set(`${kind} ${name}`, objectOf({ kind, name, table }, row, database));
    }
  }
  return found;
}

interface Asked {
  readonly kind: 'table' | ObjectContents['kind'];
  readonly name: string;
  readonly table?: string | undefined;
  readonly columns: readonly ContentColumn[];
  readonly queries: readonly string[];
}

function askedTable({ name = '', type = '' }: TextRow, columnsOf: Map<string, TextRow[]>): Asked {
  const quoted = quote(name);
  if (/VIEW/.test(type)) return askedObject('view', name);
  if (/SEQUENCE/.test(type)) return askedObject('sequence', name);
  const columns = (columnsOf.get(name) ?? []).map(columnOf);
  const list = columns.map(selected).join(', ');
  const queries = [`SHOW CREATE TABLE ${quoted}`, `SELECT ${list} FROM ${quoted}`];
  return { kind: 'table', name, columns, queries };
}

function askedObject(kind: ObjectContents['kind'], name = '', table?: string): Asked {
  return {
    kind,
    name,
    table,
    columns: [],
    queries: [`SHOW CREATE ${kind.toUpperCase()} ${quote(name)}`],
  };
}

/** A column as `information_schema` describes it. */
export function columnOf({ name = '', type = '', extra = '', given = '' }: TextRow): ContentColumn {
  return {
    name,
    type: type.toLowerCase(),
    isGenerated: /\b(?:virtual|stored|persistent)\b/i.test(extra),
    isNumbered: /auto_increment/i.test(extra),
    isTimestamped: /on update/i.test(extra) || /^\(?(?:current_timestamp|now)\b/i.test(given),
  };
}

function tableOf(
  row: TextRow,
  columns: readonly ContentColumn[],
  rows: readonly TextRow[],
): TableContents {
  const text = withoutImpliedCharset(row['Create Table'] ?? '');
  // Only in the line of options: a comment of a column may have the same words.
  const [counted, counter] = /\n\)[^\n]*? AUTO_INCREMENT=(\d+)/.exec(text) ?? [];
  const definition =
    counted === undefined
      ? text
      : text.replace(counted, counted.replace(/ AUTO_INCREMENT=\d+$/, ''));
  return {
    definition,
    ...(counter !== undefined && { counter: Number(counter) }),
    columns,
    rows: rows.map((each) => columns.map(({ name }): CellText => each[name])),
  };
}

function objectOf(
  { kind, name, table }: Pick<ObjectContents, 'kind' | 'name' | 'table'>,
  row: TextRow,
  database: string,
): ObjectContents {
  const text =
    row['SQL Original Statement'] ??
    Object.entries(row).find(([key]) => key.startsWith('Create '))?.[1] ??
    '';
  // Views name the database before each table.
  const definition = text.replaceAll(`\`${database}\`.`, '');
  return { kind, name, definition, table, sqlMode: row.sql_mode };
}

function selected({ name, type }: ContentColumn): string {
  const quoted = quote(name);
  return isBinaryType(type) ? `HEX(${quoted}) AS ${quoted}` : quoted;
}

/** Quotes a name. */
export function quote(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
