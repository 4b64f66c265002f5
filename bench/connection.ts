import { type Connection, createConnection, type QueryError, type QueryResult } from 'mysql2';
import type { ServerLogin } from './server-login.ts';

/** A bare mysql2 connection with callbacks, whose costs every client on mysql2 has. */
function connect(login: ServerLogin, database?: string): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const connection = createConnection({
      ...login,
      ...(database === undefined ? {} : { database }),
    });
    connection.once('connect', () => resolve(connection));
    connection.once('error', reject);
  });
}

/** Sends one query. Bindings travel inside the text, as Knex and Fanfold send them. */
export function send<Result extends QueryResult>(
  connection: Connection,
  sql: string,
  bindings: readonly unknown[] = [],
): Promise<Result> {
  return new Promise((resolve, reject) => {
    connection.query(
      { sql, values: [...bindings] },
      (error: QueryError | null, result: QueryResult) =>
        error ? reject(error) : resolve(result as Result),
    );
  });
}

/** Sends COM_QUIT and waits until the connection is closed. */
function end(connection: Connection): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.end((error) => (error ? reject(error) : resolve()));
  });
}

/** Connects, hands the connection to `work` and closes it whatever happens. */
export async function usingConnection<Result>(
  login: ServerLogin,
  database: string | undefined,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await connect(login, database);
  try {
    const result = await work(connection);
    await end(connection);
    return result;
  } finally {
    connection.destroy();
  }
}
