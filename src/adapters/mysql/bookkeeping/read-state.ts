import type { Connection, RowDataPacket } from 'mysql2';
import type { MigrationRow, OpenMigration, SchemaState } from '../../../core/schema-state.ts';
import { ERRNO } from '../../server/errno.ts';
import { isServerError, isTableMissing, type ServerError } from '../../server/server-error.ts';
import { query } from '../connection/query.ts';
import type { KnexTables } from './knex-tables.ts';
import type { RecordState } from './migration-records.ts';
import type { SessionLeft } from './session-left.ts';

/** Nothing but a lock on one of the tables makes this take long; MySQL itself would wait for a year. */
const TIMEOUT_MS = 30_000;

/** Which of our tables are there: all, with all their columns; the journal with these only; or not all. */
export type StoredTables =
  | { readonly are: 'complete' | 'missing' }
  | { readonly are: 'outdated'; readonly journalColumns: ReadonlySet<string> };

/** A schema state, and whether the tables that hold it are all there. */
export interface StoredState extends SchemaState {
  readonly tables: StoredTables;
}

export interface StateRow extends RowDataPacket {
  readonly id: number | null;
  readonly name: string;
  readonly batch: number | null;
  readonly checksum: string | null;
  /** Of the journal's rows: 0 for a migration's own, from 1 for its statements. */
  readonly number: number | null;
  readonly direction: 'up' | 'down' | null;
  /** '' if it is not known. */
  readonly runId: string | null;
  /** JSON; of number 0: {@link LeftInSession}. */
  readonly state: string | null;
}

/**
 * Reads what is applied, which checksums are known and what is half-applied in one query. A database that
 * only plain Knex has changed has no journal, which takes a second query; one without Knex's table has
 * nothing applied.
 */
export async function readState(
  connection: Connection,
  tables: KnexTables,
  timeoutMs = TIMEOUT_MS,
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

/** The journal is of an earlier version: checksums only, or statements without the newest columns. */
async function readOutdated(connection: Connection, tables: KnexTables): Promise<StoredState> {
  const columns = await query<RowDataPacket[]>(
    connection,
    `SHOW COLUMNS FROM ${tables.journal}`,
    [],
    TIMEOUT_MS,
  );
  const journalColumns = new Set(columns.map(({ Field }) => String(Field)));
  const sql = stateQuery(tables, journalColumns);
  const rows = await query<StateRow[]>(connection, sql, [], TIMEOUT_MS);
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
  // The two tables may have different collations, which UNION does not forgive without a cast.
  return `SELECT id, CONVERT(name USING utf8mb4) COLLATE utf8mb4_bin AS name, batch, NULL AS checksum, NULL AS number, NULL AS direction, NULL AS runId, NULL AS state FROM ${migrations}`;
}

/**
 * The query whose rows {@link stateFrom} reads, all of them, whatever the server's sql_select_limit. Of a half-applied migration the first statement stands
 * for all. `columns`: those of a journal of an earlier version; a complete one has all.
 */
export function stateQuery(tables: KnexTables, columns?: ReadonlySet<string>): string {
  const has = (column: string) => columns === undefined || columns.has(column);
  const [numbers, where] = has('number')
    ? ['number, direction', ' WHERE number < 2']
    : ['0, NULL', ''];
  const state = has('state') ? 'state' : 'NULL';
  return `${appliedQuery(tables)} UNION ALL SELECT NULL, migration, NULL, checksum, ${numbers}, run_id, ${state} FROM ${tables.journal}${where} LIMIT 18446744073709551615`;
}

/** The schema state that rows of {@link stateQuery} tell. */
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
    if (number === null) rows.push({ id: id ?? 0, name: name ?? '', batch: batch ?? 0 });
    else if (Number(number) > 0) open.push({ id: name, direction: direction ?? 'up' });
    else if (direction === 'down') revertedBy.set(name, runId ?? '');
    else if (checksum !== null) {
      checksums.set(name, checksum);
      if (runId) appliedBy.set(name, runId);
      const kept: RecordState | undefined = state === null ? undefined : JSON.parse(state);
      if (kept?.left !== undefined) left.set(name, kept.left);
      if (kept !== undefined && kept.lock === stale) continued.add(name);
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

/** Whether the message names this table; if not, it may be another one, or the message one in another language. */
function isAbout({ sqlMessage }: ServerError, quoted: string): boolean {
  return sqlMessage.includes(`'${quoted.replaceAll('`', '')}'`);
}

function isColumnMissing(error: unknown): boolean {
  return isServerError(error) && error.errno === ERRNO.ER_BAD_FIELD_ERROR;
}
