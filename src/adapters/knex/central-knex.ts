import { connect, isIP, type Socket } from 'node:net';
import knex, { type Knex } from 'knex';
import type {
  CentralDatabaseLogin,
  VerifiedTls,
} from '../../core/central/central-database-login.ts';
import type { FanfoldError } from '../../core/errors.ts';
import { connectError, migrateError } from './central-error.ts';
import { centralMigrationSource } from './central-migration-source.ts';

/** How long a connection may take, in milliseconds; after that the server counts as unreachable. */
const CONNECT_TIMEOUT = 8_000;

/** Connects plain Knex to the central database, and disconnects whatever happens. */
export async function usingCentralKnex<Result>(
  login: CentralDatabaseLogin,
  tls: VerifiedTls | undefined,
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
  { host, port, database, user, password }: CentralDatabaseLogin,
  tls: VerifiedTls | undefined,
): Knex.Config {
  return {
    client: 'mysql2',
    connection: {
      host,
      port,
      database,
      user,
      password,
      connectTimeout: CONNECT_TIMEOUT,
      ...(tls === undefined ? {} : { ssl: sslOptions(tls) }),
      ...(tls === undefined || isIP(host) === 0 ? {} : { stream: () => namedSocket(host, port) }),
    },
    // Longer than a connection may take: Knex would name the pool, not the reason.
    acquireConnectionTimeout: CONNECT_TIMEOUT + 2_000,
    pool: { min: 0, max: 2 },
    // Neither `directory` nor `loadExtensions` nor `sortDirsSeparately` beside it: with one of
    // them Knex drops the source and reads a folder.
    migrations: { migrationSource: centralMigrationSource },
    // What it would say is in the errors.
    log: { debug() {}, deprecate() {}, error() {}, warn() {} },
  };
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
