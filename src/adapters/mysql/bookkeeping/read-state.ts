import type { Connection, RowDataPacket } from 'mysql2';
import type { MigrationRow, OpenMigration, SchemaState } from '../../../core/schema-state.ts';
import { query } from '../connection/query.ts';
import { isServerError, isTableMissing, type ServerError } from '../connection/server-error.ts';
import type { KnexTables } from './knex-tables.ts';

/** Nothing but a lock on one of the tables makes this take long; MySQL itself would wait for a year. */
const TIMEOUT_MS = 30_000;

/** A schema state, and whether the tables that hold it are all there, with all their columns. */
export interface StoredState extends SchemaState {
  readonly tables: 'complete' | 'outdated' | 'missing';
}

export interface StateRow extends RowDataPacket {
  readonly id: number | null;
  readonly name: string;
  readonly batch: number | null;
  readonly checksum: string | null;
  /** Of the journal's rows: 0 for a migration's own, from 1 for its statements. */
  readonly number: number | null;
  readonly direction: 'up' | 'down' | null;
  /** '' where it is not known. */
  readonly runId: string | null;
}

/**
 * Reads what is applied, which checksums are known and what is half-way in one query. A database that
 * only plain Knex has changed has no journal, which takes a second query; one without Knex's table has
 * nothing applied.
 */
export async function readState(connection: Connection, tables: KnexTables): Promise<StoredState> {
  const read = (sql: string) => query<StateRow[]>(connection, sql, [], TIMEOUT_MS);
  try {
    return { ...stateFrom(await read(stateQuery(tables))), tables: 'complete' };
  } catch (error) {
    if (isColumnMissing(error)) {
      return { ...stateFrom(await read(checksumsQuery(tables))), tables: 'outdated' };
    }
    if (!isTableMissing(error)) throw error;
    if (isAbout(error, tables.migrations)) return { ...NOTHING, tables: 'missing' };
  }
  try {
    return { ...stateFrom(await read(appliedQuery(tables))), tables: 'missing' };
  } catch (error) {
    if (!isTableMissing(error)) throw error;
    return { ...NOTHING, tables: 'missing' };
  }
}

const NOTHING: SchemaState = {
  rows: [],
  checksums: new Map(),
  appliedBy: new Map(),
  revertedBy: new Map(),
  open: [],
};

/** What is applied. */
function appliedQuery({ migrations }: KnexTables): string {
  // The two tables may have different collations, which UNION does not forgive without a cast.
  return `SELECT id, CONVERT(name USING utf8mb4) COLLATE utf8mb4_bin AS name, batch, NULL AS checksum, NULL AS number, NULL AS direction, NULL AS runId FROM ${migrations}`;
}

/** What is applied and, of a journal from before statements were journaled, the checksums. */
function checksumsQuery(tables: KnexTables): string {
  return `${appliedQuery(tables)} UNION ALL SELECT NULL, migration, NULL, checksum, 0, NULL, run_id FROM ${tables.journal}`;
}

/** The query whose rows {@link stateFrom} reads. Of a half-way migration the first statement stands for all. */
export function stateQuery(tables: KnexTables): string {
  return `${appliedQuery(tables)} UNION ALL SELECT NULL, migration, NULL, checksum, number, direction, run_id FROM ${tables.journal} WHERE number < 2`;
}

/** The schema state that rows of {@link stateQuery} tell. */
export function stateFrom(found: readonly StateRow[]): SchemaState {
  const rows: (MigrationRow & { id: number })[] = [];
  const checksums = new Map<string, string>();
  const appliedBy = new Map<string, string>();
  const revertedBy = new Map<string, string>();
  const open: OpenMigration[] = [];
  for (const { id, name, batch, checksum, number, direction, runId } of found) {
    if (number === null) rows.push({ id: id ?? 0, name: name ?? '', batch: batch ?? 0 });
    else if (Number(number) > 0) open.push({ id: name, direction: direction ?? 'up' });
    else if (direction === 'down') revertedBy.set(name, runId ?? '');
    else if (checksum !== null) {
      checksums.set(name, checksum);
      if (runId) appliedBy.set(name, runId);
    }
  }
  rows.sort((a, b) => a.id - b.id);
  return {
    rows: rows.map(({ name, batch }) => ({ name, batch })),
    checksums,
    appliedBy,
    revertedBy,
    open,
  };
}

/** Whether the message names this table; where not, it may be another one, or the message one in another language. */
function isAbout({ sqlMessage }: ServerError, quoted: string): boolean {
  return sqlMessage.includes(`'${quoted.replaceAll('`', '')}'`);
}

/** ER_BAD_FIELD_ERROR */
function isColumnMissing(error: unknown): boolean {
  return isServerError(error) && error.errno === 1054;
}
