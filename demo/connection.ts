import { type Connection, createConnection } from 'mysql2/promise';
import type { ConnectionLogin } from '../src/core/ports.ts';

/** Connects with a login of the fleet, hands the connection to `work` and closes it. */
export async function usingConnection<Result>(
  { host, port, database, user, password }: ConnectionLogin,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await createConnection({ host, port, database, user, password });
  try {
    return await work(connection);
  } finally {
    await connection.end();
  }
}
