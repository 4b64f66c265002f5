import { type Connection, escapeId, type RowDataPacket } from 'mysql2';
import { FanfoldError } from '../../core/errors.ts';
import { KEPT_PREFIX } from './bookkeeping/kept-table.ts';
import type { KnexTables } from './bookkeeping/knex-tables.ts';
import { query } from './connection/query.ts';
import { fenceName } from './locks/fence-name.ts';

const WAIT_SECONDS = 5;

/**
 * Drops tables with kept values and takes them from the list. Holds the fence meanwhile, so that no rollback restores
 * them at the same time.
 */
export async function dropKept(
  connection: Connection,
  database: string,
  names: readonly string[],
  { kept }: Pick<KnexTables, 'kept'>,
): Promise<void> {
  const fence = fenceName(database);
  const [row] = await query<RowDataPacket[]>(connection, 'SELECT GET_LOCK(?, ?) AS taken', [
    fence,
    WAIT_SECONDS,
  ]);
  if (row?.taken !== 1)
    throw new FanfoldError('TenantBusy', 'The tenant is being migrated. Nothing was dropped.', {
      fault: 'tenant',
      retryable: true,
      nextStep: 'Run the command again when the migration has ended.',
    });
  try {
    for (const name of names) {
      // The list is in the tenant's database, where others write too.
      if (!name.startsWith(KEPT_PREFIX)) continue;
      await query(
        connection,
        `DROP TABLE IF EXISTS ${escapeId(database, true)}.${escapeId(name, true)}`,
      );
      await query(connection, `DELETE FROM ${kept} WHERE name = ?`, [name]);
    }
  } finally {
    await query(connection, 'DO RELEASE_LOCK(?)', [fence]);
  }
}
