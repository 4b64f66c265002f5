import type { Connection, RowDataPacket } from 'mysql2';
import { isTableMissing } from '../../server/server-error.ts';
import { query } from '../connection/query.ts';
import type { SqlText } from '../connection/sql-text.ts';
import type { KnexTables } from './knex-tables.ts';

type BackfillTables = Pick<KnexTables, 'backfills'>;

/** The place that a backfill has reached, committed together with the rows up to it. */
export interface BackfillPlace {
  readonly migration: string;
  /** Checksum of the file with which it began. */
  readonly checksum: string;
  /** The columns of the primary key by which it walks. */
  readonly keyColumns: readonly string[];
  /** The key of the last row that is done, as text; undefined before the first batch. */
  readonly position: readonly string[] | undefined;
  readonly rowsDone: number;
  readonly rowsChanged: number;
  readonly rowsExpected: number | undefined;
  /** Rows of the next batch. */
  readonly batchRows: number;
  readonly isFinished: boolean;
}

interface PlaceRow extends RowDataPacket {
  readonly migration: string;
  readonly checksum: string;
  readonly key_columns: string;
  readonly position: string | null;
  readonly rows_done: number;
  readonly rows_changed: number;
  readonly rows_expected: number | null;
  readonly batch_rows: number;
  readonly finished: number;
}

/** The way on for a backfill that cannot continue. */
export const BEGIN_AGAIN =
  'To begin again from the first row, delete the row of this backfill from fanfold_backfills.';

/** Why a backfill that has begun cannot continue with a file and a key; undefined if it can. */
export function whyNotContinued(
  place: BackfillPlace,
  now: Pick<BackfillPlace, 'checksum' | 'keyColumns'>,
): { readonly reason: string; readonly nextStep: string } | undefined {
  if (place.checksum !== now.checksum) {
    return {
      reason: `The backfill has begun in this tenant with another content of its file: ${place.rowsDone} rows are done as that file said.`,
      nextStep: `Restore the file as it was. ${BEGIN_AGAIN}`,
    };
  }
  if (place.keyColumns.join() !== now.keyColumns.join()) {
    return {
      reason: `The backfill has begun with the primary key (${place.keyColumns.join(', ')}), and the table now has (${now.keyColumns.join(', ')}).`,
      nextStep: `Restore the key. ${BEGIN_AGAIN}`,
    };
  }
  return undefined;
}

/** The statement that creates the table. Every key and name in it is ASCII text or JSON. */
export function createBackfills({ backfills }: BackfillTables): string {
  return `create table if not exists ${backfills} (
    \`migration\` varchar(255) not null primary key,
    \`checksum\` char(64) not null,
    \`run_id\` varchar(80) not null,
    \`key_columns\` text not null,
    \`position\` mediumtext,
    \`rows_done\` bigint unsigned not null default 0,
    \`rows_changed\` bigint unsigned not null default 0,
    \`rows_expected\` bigint unsigned,
    \`batches\` bigint unsigned not null default 0,
    \`batch_rows\` int unsigned not null,
    \`started_at\` timestamp not null default current_timestamp,
    \`changed_at\` timestamp not null default current_timestamp,
    \`finished_at\` timestamp null
  ) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin stats_persistent = 0 stats_auto_recalc = 0`;
}

/** Reads the places of all backfills that have begun; none if the table is missing. */
export async function readPlaces(
  connection: Connection,
  { backfills }: BackfillTables,
): Promise<BackfillPlace[]> {
  const sql = `SELECT \`migration\`, \`checksum\`, \`key_columns\`, \`position\`, \`rows_done\`, \`rows_changed\`, \`rows_expected\`, \`batch_rows\`, \`finished_at\` IS NOT NULL AS finished FROM ${backfills} ORDER BY \`migration\` LIMIT 100000`;
  try {
    return (await query<PlaceRow[]>(connection, sql)).map(placeOf);
  } catch (error) {
    if (isTableMissing(error)) return [];
    throw error;
  }
}

function placeOf(row: PlaceRow): BackfillPlace {
  const { migration, checksum } = row;
  return {
    migration,
    checksum,
    keyColumns: JSON.parse(row.key_columns) as string[],
    position: row.position === null ? undefined : (JSON.parse(row.position) as string[]),
    rowsDone: Number(row.rows_done),
    rowsChanged: Number(row.rows_changed),
    rowsExpected: row.rows_expected === null ? undefined : Number(row.rows_expected),
    batchRows: Number(row.batch_rows),
    isFinished: Number(row.finished) === 1,
  };
}

/** The statement that begins a backfill, or begins one again that was rolled back. */
export function beginPlace(
  place: Omit<BackfillPlace, 'position' | 'rowsDone' | 'rowsChanged' | 'isFinished'>,
  runId: string,
  { backfills }: BackfillTables,
): SqlText {
  const { migration, checksum, keyColumns, rowsExpected, batchRows } = place;
  return {
    sql: `REPLACE INTO ${backfills} (\`migration\`, \`checksum\`, \`run_id\`, \`key_columns\`, \`rows_expected\`, \`batch_rows\`) VALUES (?, ?, ?, ?, ?, ?)`,
    values: [
      migration,
      checksum,
      runId,
      JSON.stringify(keyColumns),
      rowsExpected ?? null,
      batchRows,
    ],
  };
}

/** A batch that is done, for the place of its backfill. */
export interface DoneBatch {
  readonly migration: string;
  /** The run that has changed it. */
  readonly runId: string;
  readonly position: readonly string[];
  readonly rows: number;
  /** Rows that it changed; `undefined` if the statement before in the packet shows them. */
  readonly changed: number | undefined;
  readonly batchRows: number;
}

/** The statement that moves the place on, in the transaction of the batch. */
export function movePlace(done: DoneBatch, { backfills }: BackfillTables): SqlText {
  const { migration, runId, position, rows, changed, batchRows } = done;
  const own = changed === undefined ? [] : [changed];
  return {
    sql: `UPDATE ${backfills} SET \`rows_changed\` = \`rows_changed\` + ${changed === undefined ? 'GREATEST(ROW_COUNT(), 0)' : '?'}, \`position\` = ?, \`rows_done\` = \`rows_done\` + ?, \`batches\` = \`batches\` + 1, \`batch_rows\` = ?, \`run_id\` = ?, \`changed_at\` = CURRENT_TIMESTAMP WHERE \`migration\` = ?`,
    values: [...own, JSON.stringify(position), rows, batchRows, runId, migration],
  };
}

/** The statement that marks a backfill as complete. */
export function finishPlace(migration: string, { backfills }: BackfillTables): SqlText {
  return {
    sql: `UPDATE ${backfills} SET \`finished_at\` = CURRENT_TIMESTAMP WHERE \`migration\` = ?`,
    values: [migration],
  };
}
