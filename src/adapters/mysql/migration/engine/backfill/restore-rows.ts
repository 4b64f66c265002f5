import { setTimeout as delay } from 'node:timers/promises';
import { escapeId, type RowDataPacket } from 'mysql2';
import type { Backfill } from '../../../../../core/backfill/backfill.ts';
import {
  DEFAULT_PACE,
  FIRST_ROWS,
  nextBatchRows,
  restAfter,
} from '../../../../../core/backfill/batch-size.ts';
import type { Migration } from '../../../../../core/bundle/bundle.ts';
import { countOf } from '../../../../../core/wording/count-of.ts';
import { KEPT_OF_BACKFILL, readKept } from '../../../bookkeeping/kept-table.ts';
import { query } from '../../../connection/query.ts';
import { checkFence } from '../../../locks/fence.ts';
import type { RunMigrationsOptions } from '../run-migrations-options.ts';
import { sendStatements } from '../send-packet.ts';
import { stepError } from '../step-error.ts';
import { backfillRefused } from './backfill-refused.ts';
import { planKeptRows, restoringStatements } from './kept-rows.ts';
import { type KeyValues, keyOrder, keyRange, keySelection } from './key-sql.ts';
import type { BackfillRun } from './run-backfill.ts';
import { readWalkedTable } from './walked-table.ts';

const MOST_ROWS = 10_000;

/**
 * Rolls a backfill back whose prior values are kept: brings them back in small transactions, each of which also
 * takes its rows from those that are kept, so that a kill repeats nothing and misses nothing. `undefined` if nothing is
 * kept; then its `down` has to do it.
 */
export async function restoreRows(
  migration: Migration,
  backfill: Backfill,
  run: BackfillRun,
  options: RunMigrationsOptions,
): Promise<'done' | 'paused' | undefined> {
  const { statements, tables } = options;
  const { session, sender } = statements;
  const { connection, database, fence } = session.facts;
  const of = { connection, database, migration: migration.id, table: backfill.table, tables };
  const listed = await sender.reading(() => readKept(connection, tables, migration.id));
  const record = listed.find(({ statement }) => statement === KEPT_OF_BACKFILL);
  if (record === undefined) return undefined;
  await sender.commit();
  session.startMigration();
  try {
    const kept = await planKeptRows(backfill, session.sqlMode, of);
    const columns = [...kept.columns, ...kept.touched].map(({ name }) => name);
    const missing = record.columns.filter((name) => !columns.includes(name));
    if (missing.length > 0 || record.name !== kept.name) {
      throw backfillRefused(
        `The prior values of the backfill cannot be brought back: the table ${JSON.stringify(backfill.table)} or the file is not what it was (${missing.join(', ')}).`,
        'Restore the file as it was, and roll back later migrations first.',
      );
    }
    const table = await readWalkedTable(connection, database, backfill.table);
    let lower: KeyValues | undefined;
    let rows = FIRST_ROWS;
    for (;;) {
      if (run.pause?.() === true || run.backfills?.pause?.() === true) return 'paused';
      const began = performance.now();
      const upper = await lastKey(lower, rows);
      if (upper === undefined) break;
      const range = keyRange(table.key, lower, upper);
      const { error } = await sendStatements(
        connection,
        [
          'START TRANSACTION',
          ...restoringStatements(kept, table, range),
          checkFence(fence),
          'COMMIT',
        ],
        { apart: session.isClustered },
      );
      if (error !== undefined) {
        if (!session.isLost) await query(connection, 'ROLLBACK');
        throw error;
      }
      lower = upper;
      const tookMs = performance.now() - began;
      rows = nextBatchRows(rows, tookMs, MOST_ROWS);
      await delay(restAfter(tookMs, run.backfills?.pace?.() ?? DEFAULT_PACE));
    }
    const [left] = await query<RowDataPacket[]>(
      connection,
      `SELECT COUNT(*) AS found FROM ${kept.quoted}`,
    );
    const count = Number(left?.found);
    session.keptNotes.push(
      count === 0
        ? {
            code: 'KeptRestored',
            message: `The rows of ${backfill.table} that ${migration.id} changed have their values again.`,
          }
        : {
            code: 'KeptNotRestored',
            message: `${countOf(count, 'row')} of ${backfill.table} were changed or deleted since ${migration.id}, and were left as they are. Their prior values stay in ${kept.name}.`,
          },
    );
    sender.records.add({
      migration: migration.id,
      texts: [...run.record(), ...restored(count), ...run.unlock],
      hasUncommittedEffects: false,
      onDurable: () => run.onRecorded(0),
    });
    if (count === 0) {
      await sender.commit();
      await query(connection, `DROP TABLE IF EXISTS ${kept.quoted}`);
    }
    return 'done';

    /** The key of the last of so many kept rows; undefined if there is none. */
    async function lastKey(after: KeyValues | undefined, most: number) {
      const from = `FROM (SELECT ${table.key.map(({ name }) => escapeId(name, true)).join(', ')} FROM ${kept.quoted} WHERE ${keyRange(table.key, after, undefined)} ORDER BY ${keyOrder(table.key)} LIMIT ${most}) AS batch`;
      const [row] = await query<RowDataPacket[]>(
        connection,
        `SELECT ${keySelection(table.key)} ${from} ORDER BY ${keyOrder(table.key, 'DESC')} LIMIT 1`,
      );
      return row && table.key.map((_, index) => String(row[`k${index}`]));
    }

    function restored(left: number) {
      // Values that could not be brought back stay listed.
      return left > 0
        ? [
            {
              sql: `UPDATE ${tables.kept} SET row_count = ? WHERE name = ?`,
              values: [left, kept.name],
            },
          ]
        : [{ sql: `DELETE FROM ${tables.kept} WHERE name = ?`, values: [kept.name] }];
    }
  } catch (error) {
    throw stepError(error, migration.id, session, { committed: 0, shown: (text) => text });
  }
}
