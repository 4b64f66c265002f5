import { isIP } from 'node:net';
import { type Connection, createConnection } from 'mysql2';
import type { ConnectionLogin } from '../../../core/ports.ts';
import { connectError, notADatabaseServer } from './connect-error.ts';
import { cutOffGarbage, Garbage } from './cut-off-garbage.ts';
import type { DriverSettings } from './driver-settings.ts';
import type { TlsChooser } from './tls.ts';

export interface ConnectionOptions {
  readonly connectTimeoutMs: number;
  readonly tls: TlsChooser;
  /** Options of mysql2 that the user gives for migrations; none by default, as plain Knex has it. */
  readonly driver?: DriverSettings | undefined;
}

/** More than greeting, keys and answers of any way of logging in. */
const MOST_BYTES_BEFORE_LOGIN = 64 * 1024;

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
  { connectTimeoutMs, tls, driver }: ConnectionOptions,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const ssl = tls(login.host);
    const connection = createConnection({
      ...driver,
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
      ...(ssl === undefined ? {} : { ssl }),
    });
    nameServer(connection, login.host);
    const lift = cutOffGarbage(connection, MOST_BYTES_BEFORE_LOGIN);
    connection.once('connect', () => {
      lift();
      // Without a listener a later loss would end the process; the next query reports it.
      connection.on('error', () => {});
      resolve(connection);
    });
    connection.once('error', (error) => {
      connection.destroy();
      // What it says after its first error, while it is being closed, is of no interest.
      connection.on('error', () => {});
      reject(
        (error as unknown) instanceof Garbage
          ? notADatabaseServer(login)
          : connectError(error, login, ssl !== undefined),
      );
    });
  });
}

/**
 * Has the certificate of a server that is named by its address checked against that address. mysql2
 * passes no server name to TLS then, since SNI takes none, and Node falls back to "localhost": the
 * right certificate would be refused, and one for "localhost" taken from whoever shows it. If a
 * socket was connected by name, Node finds the name in `_host`; this says it for an address as well.
 */
function nameServer(connection: Connection, host: string): void {
  if (isIP(host) === 0) return;
  const { stream } = connection as unknown as { stream: { _host?: string } };
  stream._host = host;
}
