import { type Connection, escapeId, type RowDataPacket } from 'mysql2';
import { SNAPSHOT_MIGRATION } from '../../core/snapshot/snapshot.ts';
import { isTableMissing } from '../server/server-error.ts';
import { knexTables } from './bookkeeping/knex-tables.ts';
import { query } from './connection/query.ts';
import { fenceBusy } from './locks/fence.ts';
import { fenceName } from './locks/fence-name.ts';

/** Seconds. Applying a snapshot takes no longer, unless it is a large one. */
const WAIT_SECONDS = 10;

/**
 * Drops a database in which applying a snapshot was interrupted, while holding its fence, and has `create` make it anew.
 * `false` if there is none, or if the snapshot was applied to its end.
 *
 * @throws FanfoldError `TenantBusy`
 */
export async function remakeDatabase(
  connection: Connection,
  database: string,
  create: () => Promise<unknown>,
): Promise<boolean> {
  const fence = fenceName(database);
  const [row] = await query<RowDataPacket[]>(connection, 'SELECT GET_LOCK(?, ?) AS taken', [
    fence,
    WAIT_SECONDS,
  ]);
  if (row?.taken !== 1) throw await fenceBusy(connection, fence);
  try {
    if (!(await isHalfMade(connection, database))) return false;
    await query(connection, `DROP DATABASE ${escapeId(database, true)}`);
    await create();
    return true;
  } finally {
    await query(connection, 'DO RELEASE_LOCK(?)', [fence]).catch(() => {});
  }
}

async function isHalfMade(connection: Connection, database: string): Promise<boolean> {
  // The name of Knex's table does not matter for that of the journal.
  const { journal } = knexTables(database, 'knex_migrations');
  try {
    const rows = await query<RowDataPacket[]>(
      connection,
      `SELECT 1 FROM ${journal} WHERE migration = ? AND number > 0`,
      [SNAPSHOT_MIGRATION],
    );
    return rows.length > 0;
  } catch (error) {
    if (isTableMissing(error)) return false;
    throw error;
  }
}
