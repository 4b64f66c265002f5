import { type Connection, createConnection } from 'mysql2';
import type { ConnectionLogin } from '../../core/ports.ts';
import { connectError } from './connect-error.ts';
import type { createTlsChooser } from './tls.ts';

export interface ConnectionOptions {
  readonly connectTimeoutMs: number;
  readonly tls: ReturnType<typeof createTlsChooser>;
}

/** Connects, hands the connection to `work` and closes it whatever happens. Throws what {@link connectError} explains. */
export async function usingConnection<Result>(
  login: ConnectionLogin,
  options: ConnectionOptions,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await connect(login, options);
  let done = false;
  try {
    const result = await work(connection);
    done = true;
    return result;
  } finally {
    // After a failure something may still run on it: a polite goodbye would wait for that.
    if (done) connection.end(() => {});
    else connection.destroy();
  }
}

function connect(
  login: ConnectionLogin,
  { connectTimeoutMs, tls }: ConnectionOptions,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const ssl = tls(login.host);
    const connection = createConnection({
      host: login.host,
      port: login.port,
      user: login.user,
      password: login.password,
      database: login.database,
      connectTimeout: connectTimeoutMs,
      // Migrations may send several statements in one raw query.
      multipleStatements: true,
      // A host that vanishes without a word is noticed after some minutes, not hours.
      enableKeepAlive: true,
      keepAliveInitialDelay: 30_000,
      // We prepare none, and the driver makes room for all that it may hold on every connection.
      maxPreparedStatements: 1,
      // Belongs together with the session's time_zone '+00:00'.
      timezone: 'Z',
      ...(ssl === undefined ? {} : { ssl }),
    });
    connection.once('connect', () => {
      // Without a listener a later loss would end the process; the next query reports it.
      connection.on('error', () => {});
      resolve(connection);
    });
    connection.once('error', (error) => {
      connection.destroy();
      reject(connectError(error, login));
    });
  });
}
