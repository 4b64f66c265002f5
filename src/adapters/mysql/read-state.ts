import type { Connection, RowDataPacket } from 'mysql2';
import type { MigrationRow, SchemaState } from '../../core/schema-state.ts';
import type { KnexTables } from './knex-tables.ts';
import { query } from './query.ts';
import { isTableMissing } from './server-error.ts';

/** Nothing but a lock on one of the tables makes this take long; MySQL itself would wait for a year. */
const TIMEOUT_MS = 30_000;

/** A schema state, and whether the tables that hold it are all there. */
export interface StoredState extends SchemaState {
  readonly tablesMissing: boolean;
}

interface StateRow extends RowDataPacket {
  readonly id: number | null;
  readonly name: string;
  readonly batch: number | null;
  readonly checksum: string | null;
}

/**
 * Reads what is applied and which checksums are known in one query. A database that Fanfold has never
 * changed has no journal, which takes a second query; one without Knex's table has nothing applied.
 */
export async function readState(connection: Connection, tables: KnexTables): Promise<StoredState> {
  try {
    return { ...(await readTables(connection, tables, true)), tablesMissing: false };
  } catch (error) {
    if (!isTableMissing(error)) throw error;
  }
  try {
    return { ...(await readTables(connection, tables, false)), tablesMissing: true };
  } catch (error) {
    if (!isTableMissing(error)) throw error;
    return { rows: [], checksums: new Map(), tablesMissing: true };
  }
}

async function readTables(
  connection: Connection,
  { migrations, journal }: KnexTables,
  withJournal: boolean,
): Promise<SchemaState> {
  // The two tables may have different collations, which UNION does not forgive without a cast.
  const applied = `SELECT id, CONVERT(name USING utf8mb4) COLLATE utf8mb4_bin AS name, batch, NULL AS checksum FROM ${migrations}`;
  const recorded = `SELECT NULL, migration, NULL, checksum FROM ${journal}`;
  const found = await query<StateRow[]>(
    connection,
    withJournal ? `${applied} UNION ALL ${recorded}` : applied,
    [],
    TIMEOUT_MS,
  );
  const rows: (MigrationRow & { id: number })[] = [];
  const checksums = new Map<string, string>();
  for (const { id, name, batch, checksum } of found) {
    if (checksum !== null) checksums.set(name, checksum);
    else rows.push({ id: id ?? 0, name: name ?? '', batch: batch ?? 0 });
  }
  rows.sort((a, b) => a.id - b.id);
  return { rows: rows.map(({ name, batch }) => ({ name, batch })), checksums };
}
