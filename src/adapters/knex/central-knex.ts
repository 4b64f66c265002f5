import { connect, isIP, type Socket } from 'node:net';
import knex, { type Knex } from 'knex';
import type { CentralAccess } from '../../core/central/central-access.ts';
import type {
  CentralDatabaseLogin,
  VerifiedTls,
} from '../../core/central/central-database-login.ts';
import type { FanfoldError } from '../../core/errors.ts';
import { connectError, migrateError } from './central-error.ts';

/** How long a connection may take, in milliseconds; after that the server counts as unreachable. */
const CONNECT_TIMEOUT = 8_000;
/** All is done over one connection, as the lock of the migrations belongs to it. */
const CONNECTIONS = 1;

/** Connects plain Knex to the central database, and disconnects whatever happens. */
export async function usingCentralKnex<Result>(
  { login, tls }: CentralAccess,
  work: (central: Knex) => Promise<Result>,
): Promise<Result> {
  const central = knex(options(login, tls));
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

function options(
  { host, port, database, user, password, parameters = {} }: CentralDatabaseLogin,
  tls: VerifiedTls | undefined,
): Knex.Config {
  const connectTimeout = parameters.connectTimeoutMs ?? CONNECT_TIMEOUT;
  return {
    client: 'mysql2',
    connection: {
      host,
      port,
      database,
      user,
      password,
      connectTimeout,
      ...(tls === undefined ? {} : { ssl: sslOptions(tls) }),
      ...(tls === undefined || isIP(host) === 0 ? {} : { stream: () => namedSocket(host, port) }),
    },
    // Longer than a connection may take: Knex would name the pool, not the reason.
    acquireConnectionTimeout: Math.max(connectTimeout + 2_000, parameters.acquireTimeoutMs ?? 0),
    pool: { min: CONNECTIONS, max: CONNECTIONS, afterCreate: setUpSession },
    // The errors have what it would say.
    log: { debug() {}, deprecate() {}, error() {}, warn() {} },
  };
}

/**
 * Knex's own lock is an UPDATE that uses no key, which `sql_safe_updates` refuses, and it relies on each
 * statement to commit itself.
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
    // mysql2 does not look at the host name without this.
    verifyIdentity: true,
  };
}

/**
 * A socket by which Node checks the certificate of a server that is named by its address against that
 * address. mysql2 passes no server name to TLS then, and Node would check for "localhost" unless it
 * finds the name in `_host`, where only a connection by name leaves it.
 */
function namedSocket(host: string, port: number): Socket {
  return Object.assign(connect(port, host), { _host: host });
}
