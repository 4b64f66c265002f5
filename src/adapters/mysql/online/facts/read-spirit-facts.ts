import { type Connection, escapeId, type RowDataPacket } from 'mysql2';
import type { ColumnFacts } from '../../../../core/safety/online/spirit-columns.ts';
import type { OnlineFacts } from '../../../../core/safety/online/why-not-online.ts';
import type { SpiritFacts } from '../../../../core/safety/online/why-not-spirit.ts';
import { query } from '../../connection/query.ts';
import { SpiritWork } from '../work/spirit-work.ts';

/** The table that is changed, and the change. */
export interface SpiritChange {
  readonly database: string;
  readonly table: string;
  readonly clauses: string;
  /** The name of a table that does not exist. */
  readonly scratch: string;
}

const SERVER =
  'SELECT @@global.log_replica_updates AS logs, @@global.performance_schema AS performance';
const STORED = `SELECT TABLE_SCHEMA AS db, TABLE_NAME AS name FROM information_schema.TABLES
  WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?`;
const COLUMNS = `SELECT COLUMN_NAME AS name, LOWER(DATA_TYPE) AS type, LOWER(COLUMN_TYPE) AS lowerType, COLUMN_TYPE AS fullType,
  CHARACTER_SET_NAME AS characterSet, CHARACTER_MAXIMUM_LENGTH AS length, IS_NULLABLE AS isNullable,
  COLUMN_DEFAULT IS NOT NULL AS hasDefault, EXTRA AS extra, GENERATION_EXPRESSION <> '' AS isGenerated
  FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`;
const INDEXES = `SELECT INDEX_NAME AS name, MIN(NON_UNIQUE) AS isOrdinary, MAX(EXPRESSION IS NOT NULL) AS hasExpression
  FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND INDEX_NAME <> 'PRIMARY' GROUP BY INDEX_NAME`;
const RESERVED = 'SELECT WORD AS word FROM information_schema.KEYWORDS WHERE RESERVED = 1';

/**
 * The facts that decide whether Spirit can change the table. The definition after the change is that of an empty table
 * beside it, which is dropped again: the server knows it best.
 */
export async function readSpiritFacts(
  connection: Connection,
  { database, table, clauses, scratch }: SpiritChange,
  { key }: OnlineFacts,
): Promise<SpiritFacts> {
  const at = [database, table];
  const read = (sql: string, values: readonly unknown[] = at) =>
    query<RowDataPacket[]>(connection, sql, values);
  const named = (name: string) => `${escapeId(database, true)}.${escapeId(name, true)}`;
  const [server] = await read(SERVER, []);
  const [stored] = await read(STORED);
  const columns = await read(COLUMNS);
  const indexes = await read(INDEXES);
  const after = await afterChange();
  const reserved = new Set((await read(RESERVED, [])).map(({ word }) => String(word)));
  return {
    stored: [String(stored?.db), String(stored?.name)],
    asked: [database, table],
    columns: columns.map(columnOf),
    columnsAfter: after.columns.map(columnOf),
    uniqueKeys: namesOf(
      [...indexes, ...after.indexes],
      ({ isOrdinary }) => Number(isOrdinary) === 0,
    ),
    expressionKeys: namesOf(indexes, ({ hasExpression }) => Number(hasExpression) === 1),
    reservedKeys: key.flatMap(({ name }) => (reserved.has(name.toUpperCase()) ? name : [])),
    greatest: await greatestValues(),
    zeroIncrement: await zeroIncrement(),
    logsReplicaUpdates: Number(server?.logs) === 1,
    hasPerformanceSchema: Number(server?.performance) === 1,
    foreignTables: await new SpiritWork(connection, { database, table }).foreign(),
  };

  async function afterChange() {
    const remove = () => read(`DROP TABLE IF EXISTS ${named(scratch)}`, []);
    await remove();
    await read(`CREATE TABLE ${named(scratch)} LIKE ${named(table)}`, []);
    try {
      await read(`ALTER TABLE ${named(scratch)} ${clauses}`, []);
      const its = [database, scratch];
      return { columns: await read(COLUMNS, its), indexes: await read(INDEXES, its) };
    } finally {
      await remove();
    }
  }

  async function greatestValues(): Promise<ReadonlyMap<string, bigint>> {
    const found = new Map<string, bigint>();
    for (const { name } of key) {
      const full = columns.find((each) => each.name === name)?.lowerType;
      if (!/int\b.* unsigned/.test(String(full))) continue;
      const [row] = await read(
        `SELECT CAST(MAX(${escapeId(name, true)}) AS CHAR) AS greatest FROM ${named(table)}`,
        [],
      );
      found.set(name, BigInt(String(row?.greatest ?? 0)));
    }
    return found;
  }

  async function zeroIncrement(): Promise<string | undefined> {
    const column = columns.find(({ extra }) => /auto_increment/.test(String(extra)));
    if (column === undefined) return undefined;
    const sql = `SELECT 1 FROM ${named(table)} WHERE ${escapeId(String(column.name), true)} = 0 LIMIT 1`;
    return (await read(sql, [])).length > 0 ? String(column.name) : undefined;
  }
}

function namesOf(
  rows: readonly RowDataPacket[],
  isOne: (row: RowDataPacket) => boolean,
): readonly string[] {
  return [...new Set(rows.filter(isOne).map(({ name }) => String(name)))];
}

function columnOf(row: RowDataPacket): ColumnFacts {
  const isList = row.type === 'enum' || row.type === 'set';
  return {
    name: String(row.name),
    type: String(row.type),
    fullType: String(isList ? row.fullType : row.lowerType),
    characterSet: row.characterSet === null ? undefined : String(row.characterSet),
    length: row.length === null ? undefined : Number(row.length),
    isNullable: row.isNullable === 'YES',
    // AUTO_INCREMENT gives a value too.
    hasDefault: Number(row.hasDefault) === 1 || /auto_increment/.test(String(row.extra)),
    isGenerated: Number(row.isGenerated) === 1,
  };
}
