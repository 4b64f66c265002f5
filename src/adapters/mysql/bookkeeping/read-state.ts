import type { Connection, RowDataPacket } from 'mysql2';
import type { MigrationRow, OpenMigration, SchemaState } from '../../../core/schema-state.ts';
import { ERRNO } from '../../server/errno.ts';
import { isServerError, isTableMissing, type ServerError } from '../../server/server-error.ts';
import { query } from '../connection/query.ts';
import { readRowState } from './journal-format.ts';
import type { KnexTables } from './knex-tables.ts';
import type { RecordState } from './migration-records.ts';
import type { SessionLeft } from './session-left.ts';

/** The time of the first answer in milliseconds. Only a lock on one of the tables makes this query slow; MySQL itself would wait for a year. */
export const FIRST_ANSWER_MS = 30_000;

/** The bookkeeping tables that exist: all of them, a journal with only some columns, or not all. */
export type StoredTables =
  | { readonly are: 'complete' | 'missing' }
  | { readonly are: 'outdated'; readonly journalColumns: ReadonlySet<string> };

/** A schema state, and which of its tables exist. */
export interface StoredState extends SchemaState {
  readonly tables: StoredTables;
}

export interface StateRow extends RowDataPacket {
  readonly id: number | null;
  readonly name: string;
  readonly batch: number | null;
  readonly checksum: string | null;
  /** In the journal's rows: 0 for the migration itself, from 1 for its statements. */
  readonly number: number | null;
  readonly direction: 'up' | 'down' | null;
  /** Empty if unknown. */
  readonly runId: string | null;
  /** JSON; for number 0 a {@link RecordState}. */
  readonly state: string | null;
}

/**
 * Reads applied migrations, their checksums and half-applied migrations in one query. A database that only
 * plain Knex has migrated has no journal and needs a second query; one without Knex's table has no applied
 * migrations. Knex's lock is not read: a LOCK TABLES on its table would keep every question waiting.
 *
 * @param timeoutMs the time the answer may take, in milliseconds
 */
export async function readState(
  connection: Connection,
  tables: KnexTables,
  timeoutMs = FIRST_ANSWER_MS,
): Promise<StoredState> {
  const read = (sql: string) => query<StateRow[]>(connection, sql, [], timeoutMs);
  try {
    return { ...stateFrom(await read(stateQuery(tables))), tables: { are: 'complete' } };
  } catch (error) {
    if (isColumnMissing(error)) return readOutdated(connection, tables);
    if (!isTableMissing(error)) throw error;
    if (isAbout(error, tables.migrations)) return { ...NOTHING, tables: { are: 'missing' } };
  }
  try {
    return { ...stateFrom(await read(appliedQuery(tables))), tables: { are: 'missing' } };
  } catch (error) {
    if (!isTableMissing(error)) throw error;
    return { ...NOTHING, tables: { are: 'missing' } };
  }
}

/** Reads the state with a journal of an earlier version, which lacks columns. */
async function readOutdated(connection: Connection, tables: KnexTables): Promise<StoredState> {
  const columns = await query<RowDataPacket[]>(
    connection,
    `SHOW COLUMNS FROM ${tables.journal}`,
    [],
    FIRST_ANSWER_MS,
  );
  const journalColumns = new Set(columns.map(({ Field }) => String(Field)));
  const sql = stateQuery(tables, journalColumns);
  const rows = await query<StateRow[]>(connection, sql, [], FIRST_ANSWER_MS);
  return { ...stateFrom(rows), tables: { are: 'outdated', journalColumns } };
}

const NOTHING: SchemaState = {
  rows: [],
  checksums: new Map(),
  appliedBy: new Map(),
  revertedBy: new Map(),
  open: [],
};

/** Reads the rows of applied migrations. */
function appliedQuery({ migrations }: KnexTables): string {
  // The two tables may have different collations, which UNION accepts only with a cast.
  return `SELECT id, CONVERT(name USING utf8mb4) COLLATE utf8mb4_bin AS name, batch, NULL AS checksum, NULL AS number, NULL AS direction, NULL AS runId, NULL AS state FROM ${migrations}`;
}

/**
 * The query whose rows {@link stateFrom} reads. A half-applied migration is represented by its first
 * statement.
 *
 * @param columns the columns of a journal of an earlier version; if absent, the journal is complete
 */
export function stateQuery(tables: KnexTables, columns?: ReadonlySet<string>): string {
  const has = (column: string) => columns === undefined || columns.has(column);
  const [numbers, where] = has('number')
    ? ['number, direction', ' WHERE number < 2']
    : ['0, NULL', ''];
  const state = has('state') ? 'state' : 'NULL';
  return `${appliedQuery(tables)} UNION ALL SELECT NULL, migration, NULL, checksum, ${numbers}, run_id, ${state} FROM ${tables.journal}${where}${ALL_ROWS}`;
}

/** Overrides the server's sql_select_limit. */
const ALL_ROWS = ' LIMIT 18446744073709551615';

/** Builds the schema state from the rows of {@link stateQuery}. */
export function stateFrom(
  found: readonly StateRow[],
  stale?: number,
): SchemaState & { readonly left: ReadonlyMap<string, SessionLeft> } {
  const rows: (MigrationRow & { id: number })[] = [];
  const checksums = new Map<string, string>();
  const appliedBy = new Map<string, string>();
  const revertedBy = new Map<string, string>();
  const open: OpenMigration[] = [];
  const left = new Map<string, SessionLeft>();
  const continued = new Set<string>();
  for (const { id, name, batch, checksum, number, direction, runId, state } of found) {
    // Read first: of a row that is in a later format, nothing can be relied on.
    const kept = readRowState<Partial<RecordState>>({ migration: name, state });
    if (number === null) rows.push({ id: id ?? 0, name: name ?? '', batch: batch ?? 0 });
    else if (Number(number) > 0) {
      open.push({ id: name, direction: direction ?? 'up', ...(runId ? { runId } : {}) });
    } else if (direction === 'down') revertedBy.set(name, runId ?? '');
    else if (checksum !== null) {
      checksums.set(name, checksum);
      if (runId) appliedBy.set(name, runId);
      if (kept?.left !== undefined) left.set(name, kept.left);
      if (kept?.lock !== undefined && kept.lock === stale) continued.add(name);
    }
  }
  rows.sort((a, b) => a.id - b.id);
  return {
    rows: rows.map(({ name, batch }) => ({ name, batch })),
    checksums,
    appliedBy,
    revertedBy,
    open,
    continued,
    left,
  };
}

/** Whether the message names this table. If not, it may be about another table, or be in another format. */
function isAbout({ sqlMessage }: ServerError, quoted: string): boolean {
  return sqlMessage.includes(`'${quoted.replaceAll('`', '')}'`);
}

function isColumnMissing(error: unknown): boolean {
  return isServerError(error) && error.errno === ERRNO.ER_BAD_FIELD_ERROR;
}
