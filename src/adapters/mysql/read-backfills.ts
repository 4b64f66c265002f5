import type { Connection, RowDataPacket } from 'mysql2';
import type { StoredBackfill } from '../../core/backfill/backfill-progress.ts';
import { isTableMissing } from '../server/server-error.ts';
import type { KnexTables } from './bookkeeping/knex-tables.ts';
import { query } from './connection/query.ts';

/** A pending backfill, and the table whose rows it walks. */
export interface PendingBackfill {
  readonly id: string;
  readonly table: string;
}

/** A backfill whose last batch is older than that is not being run by anybody; rests and lock waits are shorter. */
const RUNNING_SECONDS = 60;

interface PlaceRow extends RowDataPacket {
  readonly migration: string;
  readonly done: number;
  readonly changed: number;
  readonly expected: number | null;
  readonly seconds: number;
  readonly idle: number;
}

/**
 * How far pending backfills have come in a database. Those that have not begun have the number of rows that the
 * server estimates. Nothing is written or locked.
 */
export async function readBackfills(
  connection: Connection,
  database: string,
  pending: readonly PendingBackfill[],
  { backfills }: Pick<KnexTables, 'backfills'>,
): Promise<StoredBackfill[]> {
  const begun = new Map((await placesOf(connection, backfills)).map((row) => [row.migration, row]));
  const estimates = await rowsOf(
    connection,
    database,
    pending.filter(({ id }) => !begun.has(id)).map(({ table }) => table),
  );
  return pending.map(({ id, table }) => {
    const row = begun.get(id);
    if (row === undefined) {
      const rowsExpected = estimates.get(table.toLowerCase());
      return {
        ...{ migration: id, rowsDone: 0, rowsChanged: 0, isRunning: false },
        ...(rowsExpected !== undefined && { rowsExpected }),
      };
    }
    const seconds = Number(row.seconds);
    return {
      migration: id,
      rowsDone: Number(row.done),
      rowsChanged: Number(row.changed),
      ...(row.expected !== null && { rowsExpected: Number(row.expected) }),
      ...(seconds > 0 && { rowsPerSecond: Math.round(Number(row.done) / seconds) }),
      isRunning: Number(row.idle) < RUNNING_SECONDS,
    };
  });
}

/** Rests and pauses count as time, since the rate is to show when it will be done. */
async function placesOf(connection: Connection, backfills: string): Promise<PlaceRow[]> {
  const sql = `SELECT \`migration\`, \`rows_done\` AS done, \`rows_changed\` AS changed, \`rows_expected\` AS expected,
    TIMESTAMPDIFF(SECOND, \`started_at\`, \`changed_at\`) AS seconds, TIMESTAMPDIFF(SECOND, \`changed_at\`, CURRENT_TIMESTAMP) AS idle
    FROM ${backfills} WHERE \`finished_at\` IS NULL LIMIT 1000`;
  try {
    return await query<PlaceRow[]>(connection, sql);
  } catch (error) {
    if (isTableMissing(error)) return [];
    throw error;
  }
}

async function rowsOf(
  connection: Connection,
  database: string,
  tables: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (tables.length === 0) return new Map();
  const rows = await query<RowDataPacket[]>(
    connection,
    'SELECT TABLE_NAME AS name, TABLE_ROWS AS expected FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME IN (?)',
    [database, [...tables]],
  );
  return new Map(
    rows.flatMap(({ name, expected }) =>
      expected === null ? [] : [[String(name).toLowerCase(), Number(expected)] as const],
    ),
  );
}
