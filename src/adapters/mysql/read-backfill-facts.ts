import type { Connection, RowDataPacket } from 'mysql2';
import type {
  BackfillFacts,
  BackfillObstacle,
  BegunBackfill,
  PendingBackfill,
} from '../../core/doctor/backfill-facts.ts';
import { isFanfoldError } from '../../core/errors.ts';
import { ERRNO } from '../server/errno.ts';
import { isServerError, isTableMissing, messageForPeople } from '../server/server-error.ts';
import {
  type BackfillPlace,
  BEGIN_AGAIN,
  readPlaces,
  whyNotContinued,
} from './bookkeeping/backfills-table.ts';
import type { KnexTables } from './bookkeeping/knex-tables.ts';
import { query } from './connection/query.ts';
import { checkBackfillSql } from './migration/engine/backfill/check-backfill-sql.ts';
import { createHostLoadReader } from './migration/engine/backfill/host-load.ts';
import { areRowsKept, planKeptRows } from './migration/engine/backfill/kept-rows.ts';
import { readWalkedTable, type WalkedTable } from './migration/engine/backfill/walked-table.ts';
import { parseSqlMode } from './sql/sql-mode.ts';

/** The database that is looked at. */
export interface BackfillsOf {
  readonly connection: Connection;
  readonly database: string;
  readonly tables: KnexTables;
  readonly isMariaDB: boolean;
  /** Modes of the session, separated by commas. */
  readonly sqlMode: string;
}

/** Backfills that are looked at: a few queries each. */
const MOST_PENDING = 20;
/** A doctor must not queue for a table that is being changed. */
const LOCK_WAIT_SECONDS = 2;

/**
 * Looks at the backfills of a database, without running any: how far they have come, what would refuse them, and how
 * busy the server is. Nothing is asked of the server if none is pending and none can have begun.
 */
export async function readBackfillFacts(
  pending: readonly PendingBackfill[],
  hasBegun: boolean,
  of: BackfillsOf,
): Promise<BackfillFacts> {
  const { connection, isMariaDB } = of;
  const begun = hasBegun ? await readBegun(of) : [];
  if (pending.length === 0) return { begun, obstacles: new Map(), load: undefined };
  const obstacles = new Map<string, BackfillObstacle>();
  await query(connection, `SET SESSION lock_wait_timeout = ${LOCK_WAIT_SECONDS}`);
  const places = await readPlaces(connection, of.tables);
  for (const each of pending.slice(0, MOST_PENDING)) {
    const obstacle = await obstacleOf(each, places, of);
    if (obstacle !== undefined) obstacles.set(each.id, obstacle);
  }
  // The time of a commit is known only to those who write.
  const load = await createHostLoadReader(connection, isMariaDB)(undefined);
  return { begun, obstacles, load };
}

interface BegunRow extends RowDataPacket {
  readonly migration: string;
  readonly run: string;
  readonly done: number | string;
  readonly expected: number | string | null;
  readonly idle: number | string;
}

async function readBegun({ connection, tables }: BackfillsOf): Promise<readonly BegunBackfill[]> {
  const sql = `SELECT \`migration\`, \`run_id\` AS run, \`rows_done\` AS done, \`rows_expected\` AS expected,
    TIMESTAMPDIFF(SECOND, \`changed_at\`, CURRENT_TIMESTAMP) AS idle
    FROM ${tables.backfills} WHERE \`finished_at\` IS NULL ORDER BY \`migration\` LIMIT 1000`;
  try {
    const rows = await query<BegunRow[]>(connection, sql);
    return rows.map(({ migration, run, done, expected, idle }) => ({
      migration,
      runId: run,
      rowsDone: Number(done),
      rowsExpected: expected === null ? undefined : Number(expected),
      idleSeconds: Number(idle),
    }));
  } catch (error) {
    if (isTableMissing(error)) return [];
    throw error;
  }
}

/** Why a backfill would be refused, by the checks with which it begins. */
async function obstacleOf(
  { id, checksum, backfill }: PendingBackfill,
  places: readonly BackfillPlace[],
  of: BackfillsOf,
): Promise<BackfillObstacle | undefined> {
  const { connection, database, tables } = of;
  const mode = parseSqlMode(of.sqlMode);
  try {
    const table = await readWalkedTable(connection, database, backfill.table);
    checkBackfillSql(backfill, table, mode);
    const keptOf = { connection, database, migration: id, table: backfill.table, tables };
    const kept = backfill.keep === true ? await planKeptRows(backfill, mode, keptOf) : undefined;
    const place = places.find(({ migration, isFinished }) => migration === id && !isFinished);
    if (place !== undefined) {
      const keyColumns = table.key.map(({ name }) => name);
      const why = whyNotContinued(place, { checksum, keyColumns });
      if (why !== undefined) return { message: why.reason, nextStep: why.nextStep };
      if (kept !== undefined && !(await areRowsKept(kept, keptOf))) {
        return {
          message: `Prior values of ${JSON.stringify(backfill.table)} were kept in ${kept.name}, and they are not there any more.`,
          nextStep: BEGIN_AGAIN,
        };
      }
    }
    return await whyNotPrepared(id, backfill, table, of);
  } catch (error) {
    if (!isFanfoldError(error)) throw error;
    return { message: `${id}: ${error.message}`, nextStep: error.nextStep };
  }
}

/** Whether the server knows what the SQL of a backfill names: PREPARE looks it up, and runs nothing. */
async function whyNotPrepared(
  id: string,
  { where = 'TRUE', update }: PendingBackfill['backfill'],
  table: WalkedTable,
  { connection, database }: BackfillsOf,
): Promise<BackfillObstacle | undefined> {
  const [first] = table.key;
  const text =
    update === undefined
      ? `SELECT \`${first?.name.replaceAll('`', '``')}\` FROM ${table.quoted} WHERE (${where}\n)`
      : `UPDATE ${table.quoted} FORCE INDEX (PRIMARY) SET ${update}\n WHERE (${where}\n)`;
  try {
    // As hexadecimal digits, which every mode of a session reads alike.
    const digits = Buffer.from(text, 'utf8').toString('hex');
    await query(connection, `SET @fanfold_look = CONVERT(X'${digits}' USING utf8mb4)`);
    await query(connection, 'PREPARE fanfold_look FROM @fanfold_look');
    await query(connection, 'DEALLOCATE PREPARE fanfold_look');
    return undefined;
  } catch (error) {
    if (!isServerError(error)) throw error;
    // A table that another session changes now is not judged.
    if (error.errno === ERRNO.ER_LOCK_WAIT_TIMEOUT) return undefined;
    return {
      message: `The server refuses the statement of ${id}: ${messageForPeople(error, database)}.`,
      nextStep:
        'Correct the file. If the backfill has begun here, its row in fanfold_backfills has to be deleted then, and it begins at the first row.',
    };
  }
}
