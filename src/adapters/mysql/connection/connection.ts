import { isIP } from 'node:net';
import { type Connection, createConnection } from 'mysql2';
import type { MakeIamToken } from '../../../core/iam/make-iam-token.ts';
import type { ConnectionLogin } from '../../../core/ports.ts';
import { connectError, notADatabaseServer } from './connect-error.ts';
import { cutOffGarbage, Garbage } from './cut-off-garbage.ts';
import type { DriverSettings } from './driver-settings.ts';
import { type Credentials, credentialsOf } from './login-credentials.ts';
import { preferP256 } from './prefer-p256.ts';
import type { SpareConnections } from './spare-connections.ts';
import type { TlsChooser } from './tls.ts';

export interface ConnectionOptions {
  readonly connectTimeoutMs: number;
  readonly tls: TlsChooser;
  /** The user's mysql2 options for migrations; none by default, as with plain Knex. */
  readonly driver?: DriverSettings | undefined;
  /** Makes the tokens of users who log in by IAM. Without it they are refused. */
  readonly iamToken?: MakeIamToken | undefined;
}

/** More bytes than greeting, keys and answers of any login method need. */
const MOST_BYTES_BEFORE_LOGIN = 64 * 1024;

/** Connects, passes the connection to `work` and always closes it. Throws the errors of {@link connectError}. */
export async function usingConnection<Result>(
  login: ConnectionLogin,
  options: ConnectionOptions,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  return usingSpare(login, options, { work, isSpare: () => false });
}

/**
 * The same with a spare connection of that login, if there is one.
 *
 * @param isSpare whether `work` has left the session as a new one is, so that it may be kept
 */
export async function usingSpare<Result>(
  login: ConnectionLogin,
  options: ConnectionOptions & { readonly spares?: SpareConnections | undefined },
  {
    work,
    isSpare,
  }: {
    readonly work: (connection: Connection) => Promise<Result>;
    readonly isSpare: () => boolean;
  },
): Promise<Result> {
  const { spares, connectTimeoutMs } = options;
  const connection =
    (await spares?.take(login, connectTimeoutMs)) ??
    (await connect(login, options, await credentialsOf(login, options)));
  let done = false;
  try {
    const result = await work(connection);
    done = true;
    return result;
  } finally {
    // After a failure a statement may still be running, and COM_QUIT would queue behind it.
    if (!done) connection.destroy();
    else if (!isSpare() || spares?.keep(login, connection) !== true) connection.end(() => {});
  }
}

function connect(
  login: ConnectionLogin,
  { connectTimeoutMs, tls, driver }: ConnectionOptions,
  credentials: Credentials,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const ssl = tls(login.host);
    const connection = createConnection({
      ...driver,
      host: login.host,
      port: login.port,
      user: login.user,
      ...credentials,
      database: login.database,
      connectTimeout: connectTimeoutMs,
      // Migrations may send several statements in one raw query.
      multipleStatements: true,
      // TCP keep-alive detects a host that vanished silently after minutes instead of hours.
      enableKeepAlive: true,
      keepAliveInitialDelay: 30_000,
      // Fanfold prepares no statements, and the driver reserves memory for the maximum on every connection.
      maxPreparedStatements: 1,
      ...(ssl === undefined ? {} : { ssl }),
    });
    nameServer(connection, login.host);
    preferP256(connection);
    const lift = cutOffGarbage(connection, MOST_BYTES_BEFORE_LOGIN);
    connection.once('connect', () => {
      lift();
      // Without a listener, a later loss would end the process. The next query reports the loss.
      connection.on('error', () => {});
      resolve(connection);
    });
    connection.once('error', (error) => {
      connection.destroy();
      // Further errors while the connection is being closed are ignored.
      connection.on('error', () => {});
      reject(
        (error as unknown) instanceof Garbage
          ? notADatabaseServer(login)
          : connectError(error, login, ssl !== undefined, login.auth),
      );
    });
  });
}

/**
 * Makes Node check the certificate of a server that is given by its IP address against that address.
 * mysql2 passes no server name to TLS then, because SNI does not allow addresses, and Node falls back to
 * "localhost": it would refuse the right certificate, and accept anybody's certificate for "localhost".
 * Node reads the name of a connected socket from `_host`, which is set here for an address too.
 */
function nameServer(connection: Connection, host: string): void {
  if (isIP(host) === 0) return;
  const { stream } = connection as unknown as { stream: { _host?: string } };
  stream._host = host;
}
