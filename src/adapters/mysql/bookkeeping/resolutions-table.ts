import { isDeepStrictEqual } from 'node:util';
import type { Connection, RowDataPacket } from 'mysql2';
import type { HalfAppliedLabel, StatementStanding } from '../../../core/half-applied.ts';
import type { Resolution } from '../../../core/resolve/resolution.ts';
import { isTableMissing } from '../../server/server-error.ts';
import { query } from '../connection/query.ts';
import { sendTexts } from '../connection/send-texts.ts';
import { COMMIT, type SqlText, START } from '../connection/sql-text.ts';
import type { KnexTables } from './knex-tables.ts';

/** Marks the row with the label; all other rows say what somebody decided. */
const LABEL = 'label';

/**
 * The statement that makes `fanfold_resolutions`, if it is missing: who decided what about a
 * half-applied migration, and the label of one that is waiting for that.
 */
export function createResolutionsTable({ audit }: Pick<KnexTables, 'audit'>): string {
  return `create table if not exists ${audit} (resolved_at timestamp(6) not null default current_timestamp(6), migration varchar(255) not null, resolution varchar(10) not null, resolved_by varchar(255) not null, run_id varchar(80) not null, statements mediumtext not null, primary key (resolved_at, migration)) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin`;
}

/** Writes down who decided what, on which knowledge; the label, if there is one, has had its day. */
export function resolutionRecord(
  { id, kind, by, runId, byHand }: Resolution,
  statements: readonly StatementStanding[],
  tables: Pick<KnexTables, 'audit'>,
): SqlText[] {
  return [
    forgetLabel(id, tables),
    {
      sql: `INSERT INTO ${tables.audit} (migration, resolution, resolved_by, run_id, statements) VALUES (?, ?, ?, ?, ?)`,
      values: [
        id,
        kind,
        byHand === undefined ? by : `${by}, by hand`,
        runId,
        JSON.stringify(statements),
      ],
    },
  ];
}

/**
 * Keeps why a migration cannot be resumed, in a transaction of its own, for doctor and
 * `migrate:resolve`, which do not run it to find out.
 */
export async function writeLabel(
  connection: Connection,
  tables: Pick<KnexTables, 'audit' | 'journal'>,
  of: Omit<HalfAppliedLabel, 'at'> & { readonly migration: string; readonly runId: string },
): Promise<void> {
  const { migration, runId, message, statements } = of;
  const known = await readLabel(connection, tables, migration);
  // An attempt that ends where the last one did changes nothing.
  if (known?.message === message && isDeepStrictEqual(known.statements, plain(statements))) return;
  await query(connection, createResolutionsTable(tables));
  const insert: SqlText = {
    sql: `INSERT INTO ${tables.audit} (migration, resolution, resolved_by, run_id, statements) VALUES (?, ?, '', ?, ?)`,
    values: [migration, LABEL, runId, JSON.stringify({ message, statements })],
  };
  await sendTexts(connection, [START, forgetLabel(migration, tables), insert, COMMIT]);
}

/**
 * Reads the label of a migration; `undefined` if there is none, or if a later attempt has written
 * down statements since: it came further, or the migration has begun anew.
 */
export async function readLabel(
  connection: Connection,
  { audit, journal }: Pick<KnexTables, 'audit' | 'journal'>,
  migration: string,
): Promise<HalfAppliedLabel | undefined> {
  try {
    const [row] = await query<RowDataPacket[]>(
      connection,
      `SELECT UNIX_TIMESTAMP(resolved_at) AS at, statements FROM ${audit} AS label WHERE migration = ? AND resolution = ? AND NOT EXISTS (SELECT 1 FROM ${journal} AS written WHERE written.migration = label.migration AND written.number > 0 AND written.recorded_at > label.resolved_at) ORDER BY resolved_at DESC LIMIT 1`,
      [migration, LABEL],
    );
    if (row === undefined) return undefined;
    const { message, statements } = JSON.parse(String(row.statements));
    return { message, statements, at: new Date(Math.round(Number(row.at) * 1_000)) };
  } catch (error) {
    if (isTableMissing(error)) return undefined;
    throw error;
  }
}

/** As it is read back: without what is `undefined`. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function forgetLabel(migration: string, { audit }: Pick<KnexTables, 'audit'>): SqlText {
  return {
    sql: `DELETE FROM ${audit} WHERE migration = ? AND resolution = ?`,
    values: [migration, LABEL],
  };
}
