import type { Connection, RowDataPacket } from 'mysql2';
import { query } from './query.ts';

export interface ServerVersion {
  /** As the server writes it: `10.11.14-MariaDB-…`, `9.7.4`. */
  readonly version: string;
  readonly isMariaDb: boolean;
  /** Major, minor and patch as one number that can be compared: 10.4.0 is 10,004,000. */
  readonly number: number;
}

/** Asks a server which one it is. */
export async function readServerVersion(connection: Connection): Promise<ServerVersion> {
  const [row] = await query<RowDataPacket[]>(connection, 'SELECT VERSION() AS version');
  const version = String(row?.version);
  const [major = 0, minor = 0, patch = 0] = (/(\d+)\.(\d+)\.(\d+)/.exec(version) ?? [])
    .slice(1)
    .map(Number);
  return {
    version,
    isMariaDb: /mariadb/i.test(version),
    number: major * 1_000_000 + minor * 1_000 + patch,
  };
}
