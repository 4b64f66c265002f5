import { isDeepStrictEqual } from 'node:util';
import type { Connection, RowDataPacket } from 'mysql2';
import type { HalfAppliedLabel, StatementStanding } from '../../../core/half-applied.ts';
import type { Resolution } from '../../../core/resolve/resolution.ts';
import { isTableMissing } from '../../server/server-error.ts';
import { query } from '../connection/query.ts';
import { COMMIT, type SqlText, START } from '../connection/sql-text.ts';
import type { KnexTables } from './knex-tables.ts';

/** Marks the row that holds the label; all other rows are decisions. */
const LABEL = 'label';

/**
 * The statement that creates `fanfold_resolutions` if it is missing. The table holds decisions about
 * half-applied migrations, and the label of a migration that awaits one.
 */
export function createResolutionsTable({ audit }: Pick<KnexTables, 'audit'>): string {
  return `create table if not exists ${audit} (resolved_at timestamp(6) not null default current_timestamp(6), migration varchar(255) not null, resolution varchar(10) not null, resolved_by varchar(255) not null, run_id varchar(80) not null, statements mediumtext not null, primary key (resolved_at, migration)) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin`;
}

/** The statements that record a decision with the statements it was based on, and delete the label. */
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
 * Stores the reason why a migration cannot be resumed, in a separate transaction. Doctor and
 * `migrate:resolve` show it without running the migration.
 */
export async function writeLabel(
  connection: Connection,
  tables: Pick<KnexTables, 'audit' | 'journal'>,
  of: Omit<HalfAppliedLabel, 'at'> & { readonly migration: string; readonly runId: string },
): Promise<void> {
  const { migration, runId, message, statements } = of;
  const known = await readLabel(connection, tables, migration);
  // An attempt that ended at the same point does not change the label.
  if (known?.message === message && isDeepStrictEqual(known.statements, plain(statements))) return;
  await query(connection, createResolutionsTable(tables));
  const insert: SqlText = {
    sql: `INSERT INTO ${tables.audit} (migration, resolution, resolved_by, run_id, statements) VALUES (?, ?, '', ?, ?)`,
    values: [migration, LABEL, runId, JSON.stringify({ message, statements })],
  };
  const texts = [START, forgetLabel(migration, tables), insert, COMMIT];
  await query(
    connection,
    texts.map(({ sql }) => sql).join(';\n'),
    texts.flatMap(({ values }) => values),
  );
}

/**
 * Reads the label of a migration; `undefined` if there is none, or if a later attempt has recorded
 * statements since, because it came further or started again.
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

/** The value as it is read back, without `undefined` properties. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function forgetLabel(migration: string, { audit }: Pick<KnexTables, 'audit'>): SqlText {
  return {
    sql: `DELETE FROM ${audit} WHERE migration = ? AND resolution = ?`,
    values: [migration, LABEL],
  };
}
