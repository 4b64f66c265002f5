import type { Connection } from 'mysql2';
import type {
  CheckDefinition,
  ColumnDefinition,
  ForeignKeyDefinition,
  IndexDefinition,
  PartitionDefinition,
  TableDefinition,
} from '../../../core/safety/table-definition.ts';
import { query } from '../connection/query.ts';
import { defaultSql } from './default-sql.ts';

/** The two servers name columns in different case. */
type Row = Readonly<Record<string, unknown>>;

/** The views of the server that are read, in order; columns differ between servers, so that all are read. */
const READ = [
  ['SELECT * FROM information_schema.TABLES', ''],
  ['SELECT * FROM information_schema.COLUMNS', 'ORDER BY TABLE_NAME, ORDINAL_POSITION'],
  ['SELECT * FROM information_schema.STATISTICS', 'ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX'],
  [
    'SELECT * FROM information_schema.KEY_COLUMN_USAGE',
    'AND REFERENCED_TABLE_NAME IS NOT NULL ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION',
  ],
  [
    'SELECT * FROM information_schema.PARTITIONS',
    'AND PARTITION_NAME IS NOT NULL ORDER BY TABLE_NAME, PARTITION_ORDINAL_POSITION',
  ],
] as const;

/** MySQL's constraints have names that are unique in a database; only the list of all constraints has their tables. */
const CHECKS_OF_MYSQL = `SELECT * FROM (SELECT TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, ENFORCED, CHECK_CLAUSE
  FROM information_schema.TABLE_CONSTRAINTS JOIN information_schema.CHECK_CONSTRAINTS USING (CONSTRAINT_SCHEMA, CONSTRAINT_NAME)
  WHERE CONSTRAINT_TYPE = 'CHECK') AS checks`;

/** MariaDB's have names that are unique in a table. */
const CHECKS_OF_MARIADB = `SELECT * FROM (SELECT CONSTRAINT_SCHEMA AS TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, CHECK_CLAUSE
  FROM information_schema.CHECK_CONSTRAINTS) AS checks`;

/** The database to read, and its server. */
export interface ReadDefinitionsOptions {
  readonly database: string;
  /** Names in lower case that are left out. */
  readonly hidden: ReadonlySet<string>;
  readonly isMariaDb: boolean;
}

/**
 * Reads the definitions of all tables and views of a database, or `only` of those with these names, in one round
 * trip.
 */
export async function readDefinitions(
  connection: Connection,
  {
    database,
    hidden,
    isMariaDb,
    only,
  }: ReadDefinitionsOptions & { readonly only?: readonly string[] | undefined },
): Promise<Map<string, TableDefinition>> {
  const condition = `WHERE TABLE_SCHEMA = ?${only === undefined ? '' : ' AND TABLE_NAME IN (?)'}`;
  const read = [...READ, [isMariaDb ? CHECKS_OF_MARIADB : CHECKS_OF_MYSQL, ''] as const];
  const queries = read.map(([select, rest]) => `${select} ${condition} ${rest}`);
  const values = queries.flatMap(() => (only === undefined ? [database] : [database, only]));
  const answers = (await query(connection, queries.join(';\n'), values)) as unknown as Row[][];
  const [tables = [], columns = [], indexes = [], keys = [], partitions = [], checks = []] =
    answers.map((rows) => rows.map(withLowerCaseNames));
  const columnsOf = byTable(columns);
  const indexesOf = byTable(indexes);
  const keysOf = byTable(keys);
  const checksOf = byTable(checks);
  const partitionsOf = byTable(partitions);
  const definitions = new Map<string, TableDefinition>();
  for (const table of tables) {
    const name = text(table.table_name);
    if (hidden.has(name.toLowerCase())) continue;
    definitions.set(name, {
      name,
      isView: /VIEW/i.test(text(table.table_type)),
      engine: optional(table.engine),
      charset: optional(table.table_collation)?.split('_')[0],
      isPartitioned: /\bpartitioned\b/i.test(text(table.create_options)),
      columns: (columnsOf.get(name) ?? []).map((row) => columnOf(row, isMariaDb)),
      indexes: indexesIn(indexesOf.get(name) ?? [], isMariaDb),
      foreignKeys: keysIn(keysOf.get(name) ?? []),
      checks: (checksOf.get(name) ?? []).map((row) => text(row.constraint_name)),
      checkDefinitions: (checksOf.get(name) ?? []).map((row) => checkOf(row, isMariaDb)),
      partitions: partitionsIn(partitionsOf.get(name) ?? []),
    });
  }
  return definitions;
}

function withLowerCaseNames(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

function byTable(rows: readonly Row[]): Map<string, Row[]> {
  return Map.groupBy(rows, (row) => text(row.table_name));
}

function columnOf(row: Row, isMariaDb: boolean): ColumnDefinition {
  const extra = text(row.extra).toLowerCase();
  const isNullable = text(row.is_nullable) === 'YES';
  const isGenerated =
    /\b(?:virtual|stored|persistent) generated\b|^(?:virtual|stored|persistent)\b/.test(extra);
  const isAutoIncrement = extra.includes('auto_increment');
  const given = optional(row.column_default);
  return {
    name: text(row.column_name),
    position: Number(row.ordinal_position),
    type: text(row.column_type).toLowerCase(),
    isNullable,
    hasDefault: isNullable || isGenerated || isAutoIncrement || given !== undefined,
    default: given,
    isDefaultExpression: isExpression(given, extra, isMariaDb),
    ...(!isGenerated &&
      !isAutoIncrement && { defaultSql: defaultSql(row, { isNullable, isMariaDb }) }),
    ...(isGenerated && {
      generated: extra.includes('virtual') ? 'virtual' : 'stored',
      expression: expressionOf(row.generation_expression, isMariaDb),
    }),
    isAutoIncrement,
    charset: optional(row.character_set_name),
    collation: optional(row.collation_name),
    values: listedIn(text(row.column_type)),
    maxBytes: row.character_octet_length == null ? undefined : Number(row.character_octet_length),
  };
}

/**
 * Whether a default is evaluated for each row. MySQL marks it in `extra`. MariaDB shows literals in quotes, as
 * numbers or as NULL. The current time is written into existing rows as a constant, so it does not count.
 */
function isExpression(given: string | undefined, extra: string, isMariaDb: boolean): boolean {
  if (given === undefined || /^\(?(?:current_timestamp|now)\b/i.test(given)) return false;
  if (!isMariaDb) return extra.includes('default_generated');
  return !/^(?:[bx]?'|[-+.\d]|null$)/i.test(given);
}

/** An expression as SQL. MySQL escapes the text once more in these views, as if it were within quotes. */
function expressionOf(value: unknown, isMariaDb: boolean): string {
  return isMariaDb ? text(value) : text(value).replace(/\\(.)/gs, '$1');
}

/** The values of an ENUM or SET, in which a quote is written twice. */
function listedIn(type: string): string[] | undefined {
  const found = /^(?:enum|set)\((.*)\)/is.exec(type);
  if (found === null) return undefined;
  const quoted = (found[1] ?? '').match(/'(?:[^']|'')*'/g) ?? [];
  return quoted.map((value) => value.slice(1, -1).replaceAll("''", "'"));
}

function checkOf(row: Row, isMariaDb: boolean): CheckDefinition {
  return {
    name: text(row.constraint_name),
    clause: expressionOf(row.check_clause, isMariaDb),
    isEnforced: text(row.enforced) !== 'NO',
  };
}

/** Parts of a partition repeat its values. */
function partitionsIn(rows: readonly Row[]): PartitionDefinition | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  const values = new Map(
    rows.map((row) => [text(row.partition_name), text(row.partition_description)]),
  );
  return {
    method: text(first.partition_method).toUpperCase(),
    expression: text(first.partition_expression),
    values: [...values.values()],
  };
}

function indexesIn(rows: readonly Row[], isMariaDb: boolean): IndexDefinition[] {
  const groups = Map.groupBy(rows, (row) => text(row.index_name));
  return [...groups].map(([name, parts]) => {
    const [first = {}] = parts;
    return {
      name,
      isUnique: Number(first.non_unique) === 0,
      columns: parts.map((part) => optional(part.column_name) ?? text(part.expression)),
      parts: parts.map((part) => ({
        column: optional(part.column_name),
        length: part.sub_part == null ? undefined : Number(part.sub_part),
        ...(part.expression != null && { expression: expressionOf(part.expression, isMariaDb) }),
      })),
      type: text(first.index_type).toUpperCase(),
      isVisible: text(first.is_visible) !== 'NO' && text(first.ignored) !== 'YES',
    };
  });
}

function keysIn(rows: readonly Row[]): ForeignKeyDefinition[] {
  const groups = Map.groupBy(rows, (row) => text(row.constraint_name));
  return [...groups].map(([name, parts]) => ({
    name,
    columns: parts.map((part) => text(part.column_name)),
    parent: text(parts[0]?.referenced_table_name),
    parentColumns: parts.map((part) => text(part.referenced_column_name)),
  }));
}

function text(value: unknown): string {
  return value === null || value === undefined ? '' : String(value);
}

function optional(value: unknown): string | undefined {
  return value === null || value === undefined ? undefined : String(value);
}
