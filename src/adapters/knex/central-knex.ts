import { connect, isIP, type Socket } from 'node:net';
import knex, { type Knex } from 'knex';
import type { CentralAccess } from '../../core/central/central-access.ts';
import type { VerifiedTls } from '../../core/central/central-database-login.ts';
import type { FanfoldError } from '../../core/errors.ts';
import { centralToken } from '../../core/iam/token-for.ts';
import { connectError, migrateError } from './central-error.ts';

/** The time a connection may take, in milliseconds; after that the server counts as unreachable. */
const CONNECT_TIMEOUT = 8_000;
/** Everything runs over one connection, because the migration lock belongs to it. */
const CONNECTIONS = 1;

/** Connects plain Knex to the central database, and always disconnects afterwards. Throws `FanfoldError`s. */
export async function usingCentralKnex<Result>(
  access: CentralAccess,
  work: (central: Knex) => Promise<Result>,
): Promise<Result> {
  const { login } = access;
  // Knex would report its pool, not the reason why there is no token.
  if (login.auth === 'iam') await centralToken(access);
  const central = knex(options(access));
  try {
    await orThrow(central.raw('SELECT 1'), (error) => connectError(error, login));
    return await orThrow(work(central), (error) => migrateError(error, login));
  } finally {
    await central.destroy();
  }
}

async function orThrow<Result>(
  promise: PromiseLike<Result>,
  explain: (error: unknown) => FanfoldError,
): Promise<Result> {
  try {
    return await promise;
  } catch (error) {
    throw explain(error);
  }
}

function options(access: CentralAccess): Knex.Config {
  const { login, tls } = access;
  const { host, port, database, user, password, parameters = {} } = login;
  const connectTimeout = parameters.connectTimeoutMs ?? CONNECT_TIMEOUT;
  const connection = {
    host,
    port,
    database,
    user,
    password,
    connectTimeout,
    ...(tls === undefined ? {} : { ssl: sslOptions(tls) }),
    ...(tls === undefined || isIP(host) === 0 ? {} : { stream: () => namedSocket(host, port) }),
  };
  return {
    client: 'mysql2',
    connection: login.auth === 'iam' ? { ...connection, ...byToken(access) } : connection,
    // The timeout is longer than a connection may take: otherwise Knex would report the pool, not the reason.
    acquireConnectionTimeout: Math.max(connectTimeout + 2_000, parameters.acquireTimeoutMs ?? 0),
    pool: { min: CONNECTIONS, max: CONNECTIONS, afterCreate: setUpSession },
    // The log is off because its messages are in the errors too.
    log: { debug() {}, deprecate() {}, error() {}, warn() {} },
  };
}

/** Makes the driver get a new token for each connection, at the moment at which the server requests it. */
function byToken(access: CentralAccess) {
  const answer = async () => Buffer.from(`${await centralToken(access)}\0`);
  return { authPlugins: { mysql_clear_password: () => answer } };
}

/**
 * Resets settings that Knex's own lock does not work with: its UPDATE uses no key, which `sql_safe_updates`
 * refuses, and it relies on autocommit.
 */
function setUpSession(
  connection: { query(sql: string, done: (error: Error | null) => void): void },
  done: (error: Error | null, connection: unknown) => void,
): void {
  connection.query(
    'SET SESSION sql_safe_updates = 0, autocommit = 1, completion_type = 0',
    (error) => done(error, connection),
  );
}

function sslOptions({ ca }: VerifiedTls) {
  return {
    ...(ca === undefined ? {} : { ca }),
    rejectUnauthorized: true,
    // Without this, mysql2 does not check the host name.
    verifyIdentity: true,
  };
}

/**
 * A socket for a server that is given by its IP address, with which Node checks the certificate against
 * that address. mysql2 passes no server name to TLS then, and Node would check for "localhost" unless it
 * finds the name in `_host`, which only a connection by name sets.
 */
function namedSocket(host: string, port: number): Socket {
  return Object.assign(connect(port, host), { _host: host });
}
