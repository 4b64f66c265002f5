import type { Connection, RowDataPacket } from 'mysql2';
import type { KeptObject } from '../../../core/kept/kept-object.ts';
import { isTableMissing } from '../../server/server-error.ts';
import { query } from '../connection/query.ts';
import type { SqlText } from '../connection/sql-text.ts';
import type { KnexTables } from './knex-tables.ts';

/** Begins the name of every table with kept values. */
export const KEPT_PREFIX = 'fanfold_kept_';

/** Kept rows of a backfill have no statement: it is the whole migration. */
export const KEPT_OF_BACKFILL = 0;

/** A kept object, with what restoring it needs. */
export interface KeptRecord extends KeptObject {
  /** The columns of the primary key, by which values of columns are restored. */
  readonly keys: readonly string[];
  /** `SHOW CREATE TABLE` of the table before. */
  readonly definition: string;
  readonly statement: number;
}

/** The statement that creates the list of kept objects if it is missing. */
export function createKeptTable({ kept }: Pick<KnexTables, 'kept'>): string {
  return `create table if not exists ${kept} (name varchar(64) not null, of_table varchar(64) not null, columns mediumtext not null, migration varchar(255) not null, statement int unsigned not null, run_id varchar(80) not null, kept_at timestamp(6) not null default current_timestamp(6), row_count bigint unsigned not null, byte_count bigint unsigned not null, definition mediumtext not null, restored_at timestamp(6) null default null, primary key (name)) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin`;
}

/** The statement that lists a kept object. It is written before anything is dropped. */
export function keptRecord(
  object: Omit<KeptRecord, 'keptAt' | 'restoredAt'>,
  { kept }: Pick<KnexTables, 'kept'>,
): SqlText {
  const { name, table, columns, keys, migration, statement, runId, rows, bytes, definition } =
    object;
  return {
    sql: `REPLACE INTO ${kept} (name, of_table, columns, migration, statement, run_id, row_count, byte_count, definition) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    values: [
      name,
      table,
      JSON.stringify({ columns, keys }),
      migration,
      statement,
      runId,
      rows,
      bytes,
      definition,
    ],
  };
}

/** The statement that marks kept objects as restored. */
export function restoredRecord(
  names: readonly string[],
  { kept }: Pick<KnexTables, 'kept'>,
): SqlText[] {
  if (names.length === 0) return [];
  return [
    {
      sql: `UPDATE ${kept} SET restored_at = CURRENT_TIMESTAMP(6) WHERE name IN (?)`,
      values: [names],
    },
  ];
}

/** Reads the list of kept objects, the newest first; those of one migration if one is named. */
export async function readKept(
  connection: Connection,
  { kept }: Pick<KnexTables, 'kept'>,
  migration?: string,
): Promise<KeptRecord[]> {
  try {
    const rows = await query<RowDataPacket[]>(
      connection,
      `SELECT name, of_table, columns, migration, statement, run_id, UNIX_TIMESTAMP(kept_at) AS at, row_count, byte_count, definition, UNIX_TIMESTAMP(restored_at) AS restored FROM ${kept} WHERE migration = COALESCE(?, migration) ORDER BY kept_at DESC, statement DESC`,
      [migration ?? null],
    );
    return rows.map((row) => ({
      ...JSON.parse(String(row.columns)),
      name: String(row.name),
      table: String(row.of_table),
      migration: String(row.migration),
      statement: Number(row.statement),
      ...(Number(row.statement) === KEPT_OF_BACKFILL && { isChanged: true as const }),
      runId: String(row.run_id),
      keptAt: new Date(Number(row.at) * 1_000),
      rows: Number(row.row_count),
      bytes: Number(row.byte_count),
      definition: String(row.definition),
      restoredAt: row.restored === null ? undefined : new Date(Number(row.restored) * 1_000),
    }));
  } catch (error) {
    if (isTableMissing(error)) return [];
    throw error;
  }
}
