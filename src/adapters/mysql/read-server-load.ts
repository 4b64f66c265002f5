import type { RowDataPacket } from 'mysql2';
import type { ServerLoad } from '../../core/pace/server-load.ts';
import type { ConnectionLogin } from '../../core/ports.ts';
import { type ConnectionOptions, usingConnection } from './connection/connection.ts';
import { query } from './connection/query.ts';

/** In milliseconds; short, because a load that comes late is of no use. */
const TIMEOUT_MS = 3_000;

interface StatusRow extends RowDataPacket {
  readonly Variable_name: string;
  readonly Value: string;
}

/**
 * Creates the function that reads how busy a server is: two questions that every login may ask. It rejects if the
 * server cannot be reached, or does not tell.
 */
export function createReadServerLoad(
  options: Pick<ConnectionOptions, 'tls' | 'iamToken'>,
): (login: ConnectionLogin) => Promise<ServerLoad> {
  const connecting = { ...options, connectTimeoutMs: TIMEOUT_MS };
  return (login) =>
    usingConnection(login, connecting, async (connection) => {
      const status = await query<StatusRow[]>(
        connection,
        "SHOW GLOBAL STATUS WHERE Variable_name IN ('Threads_running', 'Threads_connected')",
        [],
        TIMEOUT_MS,
      );
      const variables = await query<StatusRow[]>(
        connection,
        "SHOW GLOBAL VARIABLES LIKE 'max_connections'",
        [],
        TIMEOUT_MS,
      );
      const values = new Map(
        [...status, ...variables].map((row) => [
          row.Variable_name.toLowerCase(),
          Number(row.Value),
        ]),
      );
      return {
        running: numberOf(values, 'threads_running'),
        connected: numberOf(values, 'threads_connected'),
        most: numberOf(values, 'max_connections'),
      };
    });
}

function numberOf(values: ReadonlyMap<string, number>, name: string): number {
  const value = values.get(name);
  if (value === undefined || !Number.isFinite(value)) throw new Error(`No value of ${name}.`);
  return value;
}
