import type { Connection, RowDataPacket } from 'mysql2';
import { isServerError } from '../../../../server/server-error.ts';
import { query } from '../../../connection/query.ts';
import type { DdlObject } from '../../../sql/ddl-object.ts';

/** The names of partitions do not matter: `TABLES` has the sum. */
const SIZE =
  'SELECT DATA_LENGTH + INDEX_LENGTH AS bytes FROM information_schema.TABLES WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) AND TABLE_NAME = ?';

/**
 * The bytes of a table and its indexes, as the storage engine estimates them now; `undefined` if they cannot be
 * read. MySQL answers from a cache of up to a day unless the session asks for current values.
 */
export async function tableBytes(
  connection: Connection,
  { schema, name }: Pick<DdlObject, 'schema' | 'name'>,
  isMariaDb: boolean,
): Promise<number | undefined> {
  try {
    const kept = isMariaDb ? undefined : await readExpiry(connection);
    if (kept !== undefined) await setExpiry(connection, 0);
    try {
      const [row] = await query<RowDataPacket[]>(connection, SIZE, [schema ?? null, name]);
      const bytes = Number(row?.bytes ?? Number.NaN);
      return Number.isFinite(bytes) ? bytes : undefined;
    } finally {
      if (kept !== undefined) await setExpiry(connection, kept);
    }
  } catch (error) {
    if (isServerError(error)) return undefined;
    throw error;
  }
}

async function readExpiry(connection: Connection): Promise<number> {
  const [row] = await query<RowDataPacket[]>(
    connection,
    'SELECT @@SESSION.information_schema_stats_expiry AS expiry',
  );
  return Number(row?.expiry);
}

async function setExpiry(connection: Connection, seconds: number): Promise<void> {
  await query(connection, `SET SESSION information_schema_stats_expiry = ${seconds}`);
}
