import { hash } from 'node:crypto';
import { type Connection, escapeId, type RowDataPacket } from 'mysql2';
import type { Backfill } from '../../../../../core/backfill/backfill.ts';
import {
  createKeptTable,
  KEPT_OF_BACKFILL,
  KEPT_PREFIX,
  keptRecord,
  readKept,
} from '../../../bookkeeping/kept-table.ts';
import type { KnexTables } from '../../../bookkeeping/knex-tables.ts';
import { query } from '../../../connection/query.ts';
import type { SqlText } from '../../../connection/sql-text.ts';
import type { SqlMode } from '../../../sql/sql-mode.ts';
import { sqlTokens } from '../../../sql/sql-tokens.ts';
import { backfillRefused } from './backfill-refused.ts';
import { setColumns } from './check-backfill-sql.ts';
import type { WalkedTable } from './walked-table.ts';

/** So many characters of a table's name are in that of its kept values, for people. */
const NAME_LENGTH = 30;
/** A digest of the columns after the backfill: a value that somebody has changed since is not replaced. */
const AFTER = 'fanfold_after';
/** The same with the columns that the server sets with each change. */
const AFTER_ALL = 'fanfold_after_all';

/** The values of a table that a backfill changes, and where they are kept. */
export interface KeptRows {
  /** Name of the table that keeps them. */
  readonly name: string;
  /** Quoted, with its database. */
  readonly quoted: string;
  /** The columns that the backfill sets. */
  readonly columns: readonly KeptColumn[];
  /** Columns that the server sets with each change of a row. */
  readonly touched: readonly KeptColumn[];
}

interface KeptColumn {
  readonly name: string;
  readonly dataType: string;
}

const COLUMNS = `SELECT COLUMN_NAME AS name, DATA_TYPE AS dataType, EXTRA AS extra, GENERATION_EXPRESSION AS expression
  FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`;
const UPDATE_TRIGGER = `SELECT TRIGGER_NAME AS name FROM information_schema.TRIGGERS
  WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ? AND EVENT_MANIPULATION = 'UPDATE' LIMIT 1`;

/** The place and the tables of a migration's kept rows. */
interface KeptOf {
  readonly connection: Connection;
  readonly database: string;
  readonly migration: string;
  readonly table: string;
  readonly tables: Pick<KnexTables, 'kept'>;
}

/** Finds out which values of a table a backfill changes. Throws `BackfillRefused` if they could not be brought back. */
export async function planKeptRows(
  { update }: Backfill,
  mode: SqlMode,
  { connection, database, migration, table }: KeptOf,
): Promise<KeptRows> {
  const [trigger] = await query<RowDataPacket[]>(connection, UPDATE_TRIGGER, [database, table]);
  if (trigger !== undefined) {
    throw backfillRefused(
      `The backfill is to keep prior values, and the trigger ${trigger.name} of the table ${JSON.stringify(table)} may change others.`,
      'Leave `keep` out, or drop the trigger before.',
    );
  }
  const rows = await query<RowDataPacket[]>(connection, COLUMNS, [database, table]);
  const set =
    update === undefined
      ? undefined
      : new Set(setColumns(sqlTokens(update, mode)).map((name) => name.toLowerCase()));
  const columns: KeptColumn[] = [];
  const touched: KeptColumn[] = [];
  for (const { name, dataType, extra, expression } of rows) {
    const column = { name: String(name), dataType: String(dataType).toLowerCase() };
    const isGenerated = String(expression ?? '') !== '';
    if (isGenerated) continue;
    const isSet = set?.has(column.name.toLowerCase());
    if (/on update/i.test(String(extra)) && isSet !== true) touched.push(column);
    else if (isSet ?? true) columns.push(column);
  }
  const name = keptName(migration, table);
  return { name, quoted: `${escapeId(database, true)}.${escapeId(name, true)}`, columns, touched };
}

function keptName(migration: string, table: string): string {
  const shown = table.replaceAll(/\W/g, '_').slice(0, NAME_LENGTH);
  const digits = hash('sha256', [migration, table].join('\0'), 'hex').slice(0, 12);
  return `${KEPT_PREFIX}${digits}_${shown}`;
}

/** Creates the table for prior values and lists it, before the first batch. */
export async function beginKeptRows(
  kept: KeptRows,
  { key, quoted }: WalkedTable,
  runId: string,
  of: KeptOf & { readonly write: (texts: readonly SqlText[]) => Promise<void> },
): Promise<void> {
  const { connection, tables, table, migration } = of;
  const keys = key.map(({ name }) => name);
  const isKey = new Set(keys);
  const values = [...kept.columns, ...kept.touched].filter(({ name }) => !isKey.has(name));
  const selected = [...keys, ...values.map(({ name }) => name)].map(named).join(', ');
  await query(connection, createKeptTable(tables));
  await query(connection, `DROP TABLE IF EXISTS ${kept.quoted}`);
  await query(
    connection,
    `CREATE TABLE ${kept.quoted} (${named(AFTER)} BINARY(32), ${named(AFTER_ALL)} BINARY(32), PRIMARY KEY (${keys.map(named).join(', ')})) ENGINE=InnoDB AS SELECT ${selected} FROM ${quoted} LIMIT 0`,
  );
  const names = values.map(({ name }) => name);
  const record = { name: kept.name, table, columns: names, keys, migration, runId };
  const empty = { statement: KEPT_OF_BACKFILL, rows: 0, bytes: 0, definition: '' };
  await of.write([keptRecord({ ...record, ...empty }, tables)]);
}

/** Whether the prior values of a backfill that has begun are still kept. */
export async function areRowsKept(kept: KeptRows, of: KeptOf): Promise<boolean> {
  const listed = await readKept(of.connection, of.tables, of.migration);
  return listed.some(({ name }) => name === kept.name);
}

/** The statements of a batch around its change: the first keeps and locks its rows, the second knows them again. */
export function keepingStatements(
  { quoted, columns, touched }: KeptRows,
  table: WalkedTable,
  range: { readonly ofKeys: string; readonly ofRows: string },
): { readonly before: string; readonly after: string } {
  const keys = table.key.map(({ name }) => name);
  const values = valuesOf({ columns, touched }, keys);
  const names = [...keys, ...values].map(named).join(', ');
  const on = keys.map((name) => `t.${named(name)} = ${quoted}.${named(name)}`).join(' AND ');
  // The table inherits what the server sets with each change, and this one must leave it.
  const untouched = touched.map(({ name }) => `, ${named(name)} = ${named(name)}`).join('');
  const digest = (of: readonly KeptColumn[]) =>
    `(SELECT ${digestOf(of, 't')} FROM ${table.quoted} AS t WHERE ${on})`;
  return {
    before: `INSERT INTO ${quoted} (${names}) SELECT ${names} FROM ${table.quoted} FORCE INDEX (PRIMARY) WHERE ${range.ofRows} FOR UPDATE`,
    after: `UPDATE ${quoted} SET ${named(AFTER)} = ${digest(columns)}, ${named(AFTER_ALL)} = ${digest([...columns, ...touched])}${untouched} WHERE ${range.ofKeys}`,
  };
}

/**
 * The statements that bring back the prior values of a range. Rows that somebody has changed since keep what they have,
 * and those that were deleted stay deleted: their prior values stay kept.
 */
export function restoringStatements(
  { quoted, columns, touched }: KeptRows,
  table: WalkedTable,
  ofKeys: string,
): readonly string[] {
  const keys = table.key.map(({ name }) => name);
  const isKey = new Set(keys);
  const own = columns.filter(({ name }) => !isKey.has(name));
  const on = keys.map((name) => `t.${named(name)} = k.${named(name)}`).join(' AND ');
  const joined = `UPDATE ${table.quoted} AS t JOIN (SELECT * FROM ${quoted} WHERE ${ofKeys}) AS k ON ${on}`;
  const sets = (from: 'k' | 't') => [
    ...own.map(({ name }) => `t.${named(name)} = k.${named(name)}`),
    ...touched.map(({ name }) => `t.${named(name)} = ${from}.${named(name)}`),
  ];
  const all = [...columns, ...touched];
  return [
    `${joined} SET ${sets('k').join(', ')} WHERE ${digestOf(all, 't')} = k.${named(AFTER_ALL)}`,
    ...(touched.length === 0
      ? []
      : [
          `${joined} SET ${sets('t').join(', ')} WHERE ${digestOf(columns, 't')} = k.${named(AFTER)}`,
        ]),
    `DELETE FROM ${quoted} WHERE ${ofKeys} AND EXISTS (SELECT 1 FROM ${table.quoted} AS t WHERE ${keys
      .map((name) => `t.${named(name)} = ${quoted}.${named(name)}`)
      .join(' AND ')} AND ${digestOf(columns, 't')} = ${digestOf(columns, quoted)})`,
  ];
}

/** The number of rows and bytes, once the backfill is complete. */
export function keptRowCount(kept: KeptRows, { kept: list }: Pick<KnexTables, 'kept'>): SqlText {
  return {
    sql: `UPDATE ${list} SET row_count = (SELECT COUNT(*) FROM ${kept.quoted}), byte_count = COALESCE((SELECT DATA_LENGTH + INDEX_LENGTH FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?), 0) WHERE name = ?`,
    values: [kept.name, kept.name],
  };
}

function valuesOf(
  { columns, touched }: Pick<KeptRows, 'columns' | 'touched'>,
  keys: readonly string[],
): string[] {
  return [...columns, ...touched].map(({ name }) => name).filter((name) => !keys.includes(name));
}

/** A digest of columns in which nothing is lost: numbers with all digits, texts and bytes as they are stored. */
function digestOf(columns: readonly KeptColumn[], of: string): string {
  const parts = columns.map(({ name, dataType }) => {
    const column = `${of}.${named(name)}`;
    return `IFNULL(HEX(${exactly(column, dataType)}), '-')`;
  });
  return `UNHEX(SHA2(CONCAT_WS(',', ${parts.join(', ')}), 256))`;
}

function exactly(column: string, dataType: string): string {
  switch (dataType) {
    case 'float':
    case 'double':
      return `CAST(${column} + 0e0 AS CHAR)`;
    case 'bit':
    case 'enum':
    case 'set':
      return `CAST(${column} + 0 AS CHAR)`;
    case 'timestamp':
      return `CAST(UNIX_TIMESTAMP(${column}) AS CHAR)`;
    default:
      return `CAST(${column} AS BINARY)`;
  }
}

function named(name: string): string {
  return escapeId(name, true);
}
