import type { Connection, RowDataPacket } from 'mysql2';
import { type ServerFlavour, serverFlavour } from '../../server/server-flavour.ts';
import { query } from './query.ts';

/** Reads the family, product and version of a server. */
export async function readServerFlavour(connection: Connection): Promise<ServerFlavour> {
  const [row] = await query<RowDataPacket[]>(
    connection,
    'SELECT VERSION() AS version, @@version_comment AS comment',
  );
  return serverFlavour(String(row?.version), String(row?.comment ?? ''));
}
