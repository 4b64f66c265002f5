import type { Connection, RowDataPacket } from 'mysql2';
import { query } from '../../../connection/query.ts';

/** Facts about a table that is to be kept, or restored. */
export interface TableFacts {
  readonly bytes: number;
  readonly columns: readonly {
    readonly name: string;
    readonly isGenerated: boolean;
    /** Whether the server sets it with each change of a row. */
    readonly isTouched: boolean;
  }[];
  /** The columns of the primary key, with the length of a prefix. */
  readonly keys: readonly { readonly name: string; readonly prefix: number | undefined }[];
  /** Reasons why renaming the table would be something else than dropping it, in sentences. */
  readonly obstacles: readonly string[];
  /** Whether a change of a row runs a trigger. */
  readonly hasUpdateTrigger: boolean;
}

const TABLE = `SELECT DATA_LENGTH + INDEX_LENGTH AS bytes FROM information_schema.TABLES
  WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND TABLE_TYPE = 'BASE TABLE'`;
const COLUMNS = `SELECT COLUMN_NAME AS name, EXTRA AS extra, GENERATION_EXPRESSION AS expression FROM information_schema.COLUMNS
  WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`;
const KEYS = `SELECT COLUMN_NAME AS name, SUB_PART AS prefix FROM information_schema.STATISTICS
  WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND INDEX_NAME = 'PRIMARY' ORDER BY SEQ_IN_INDEX`;
const FOREIGN_KEYS = `SELECT DISTINCT TABLE_NAME AS onTable, CONSTRAINT_NAME AS name FROM information_schema.KEY_COLUMN_USAGE
  WHERE REFERENCED_TABLE_NAME IS NOT NULL AND (TABLE_SCHEMA = ? AND TABLE_NAME = ? OR REFERENCED_TABLE_SCHEMA = ? AND REFERENCED_TABLE_NAME = ?)`;
const TRIGGERS = `SELECT TRIGGER_NAME AS name, EVENT_MANIPULATION AS event FROM information_schema.TRIGGERS
  WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ?`;
const CHECKS = `SELECT CONSTRAINT_NAME AS name FROM information_schema.TABLE_CONSTRAINTS
  WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND CONSTRAINT_TYPE = 'CHECK'`;

/** Reads the facts of a table; `undefined` if there is no table of that name, as for a view. */
export async function readTableFacts(
  connection: Connection,
  { schema, name: table, isMariaDb }: { schema: string; name: string; isMariaDb: boolean },
): Promise<TableFacts | undefined> {
  const at = [schema, table];
  const read = (sql: string, values: readonly unknown[] = at) =>
    query<RowDataPacket[]>(connection, sql, values);
  const [row] = await read(TABLE);
  if (row === undefined) return undefined;
  const names = (rows: readonly RowDataPacket[]) => rows.map(({ name }) => String(name)).join(', ');
  const foreignKeys = await read(FOREIGN_KEYS, [...at, ...at]);
  const triggers = await read(TRIGGERS);
  // On MariaDB their names are those of the table alone.
  const checks = isMariaDb ? [] : await read(CHECKS);
  return {
    bytes: Number(row.bytes ?? 0),
    columns: (await read(COLUMNS)).map(({ name, extra, expression }) => ({
      name: String(name),
      isGenerated: String(expression ?? '') !== '',
      isTouched: /on update/i.test(String(extra)),
    })),
    keys: (await read(KEYS)).map(({ name, prefix }) => ({
      name: String(name),
      prefix: prefix === null ? undefined : Number(prefix),
    })),
    obstacles: [
      // Names of these are taken for the whole database: its `down` could not create them again.
      ...(foreignKeys.length > 0
        ? [`It has foreign keys, or is referred to (${names(foreignKeys)}): drop them first.`]
        : []),
      ...(triggers.length > 0 ? [`It has triggers (${names(triggers)}): drop them first.`] : []),
      ...(checks.length > 0
        ? [`It has check constraints (${names(checks)}): drop them first.`]
        : []),
    ],
    hasUpdateTrigger: triggers.some(({ event }) => event === 'UPDATE'),
  };
}
