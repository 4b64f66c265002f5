import { FanfoldError } from '../../../../core/errors.ts';
import type { DriverSetting } from '../../connection/driver-settings.ts';
import type { KnexSettings } from './knex-settings.ts';

const HONOURED: Record<keyof KnexSettings, true> = {
  asyncStackTraces: true,
  client: true,
  compileSqlOnError: true,
  connection: true,
  debug: true,
  log: true,
  migrations: true,
  pool: true,
  postProcessResponse: true,
  seeds: true,
  useNullAsDefault: true,
  userParams: true,
  version: true,
  wrapIdentifier: true,
};

const HONOURED_BY_DRIVER: Record<DriverSetting | 'collate', true> = {
  bigNumberStrings: true,
  charset: true,
  collate: true,
  compress: true,
  connectAttributes: true,
  dateStrings: true,
  decimalNumbers: true,
  disableEval: true,
  enableCleartextPlugin: true,
  flags: true,
  infileStreamFactory: true,
  insecureAuth: true,
  jsonStrings: true,
  stringifyObjects: true,
  supportBigNumbers: true,
  timezone: true,
  trace: true,
  typeCast: true,
};

const FROM_TENANT = 'it comes from the row of each tenant';
const ONE_CONNECTION = 'each tenant has one connection, which holds its fence';
const BY_FANFOLD = 'Fanfold opens the connection itself, with its own time limits and keep-alive';

/** The reasons why options cannot be honoured; an option that is not listed is unknown. */
const REFUSED_BY_DRIVER: Readonly<Record<string, string>> = {
  host: FROM_TENANT,
  port: FROM_TENANT,
  user: FROM_TENANT,
  password: FROM_TENANT,
  database: FROM_TENANT,
  uri: FROM_TENANT,
  socketPath: `${FROM_TENANT}: a host and a port`,
  ssl: 'TLS is verified by Fanfold; use its options `tls` and `ca`',
  multipleStatements:
    'Fanfold sends several statements in one packet, and migrations may do so too',
  rowsAsArray: 'Knex itself reads its rows as objects',
  nestTables: 'Knex itself reads its rows as objects',
  namedPlaceholders: 'Knex itself fills in its placeholders',
  queryFormat: "the driver also formats the journal's statements",
  stream: BY_FANFOLD,
  localAddress: BY_FANFOLD,
  connectTimeout: `${BY_FANFOLD}; use its option connectTimeoutSeconds`,
  enableKeepAlive: BY_FANFOLD,
  keepAliveInitialDelay: BY_FANFOLD,
  maxPreparedStatements: BY_FANFOLD,
  debug: 'it would print the packets, including the password and the journal',
  filename: 'it belongs to another client',
  gracefulEnd: BY_FANFOLD,
  authPlugins: BY_FANFOLD,
  authSwitchHandler: BY_FANFOLD,
  password1: FROM_TENANT,
  password2: FROM_TENANT,
  password3: FROM_TENANT,
  passwordSha1: FROM_TENANT,
  charsetNumber: 'use `charset` to name the character set',
  isServer: BY_FANFOLD,
  pool: ONE_CONNECTION,
  connectionLimit: ONE_CONNECTION,
  maxIdle: ONE_CONNECTION,
  idleTimeout: ONE_CONNECTION,
  queueLimit: ONE_CONNECTION,
  resetOnRelease: ONE_CONNECTION,
  waitForConnections: ONE_CONNECTION,
  Promise: 'it belongs to the promises of the driver, which Knex does not use',
};

/** The reasons why settings of a knexfile cannot be honoured. */
const REFUSED: Readonly<Record<string, string>> = {
  acquireConnectionTimeout: ONE_CONNECTION,
  connectionPool: ONE_CONNECTION,
  dialect: 'the client is mysql2',
  searchPath: 'it belongs to another client',
  jsonbSupport: 'it belongs to another client',
};

/** Whether Knex has a setting with this name, honoured or not. */
export function isKnownSetting(name: string): boolean {
  return name in HONOURED || name in REFUSED;
}

/** Whether Knex or the driver has a connection option with this name, honoured or not. */
export function isKnownOption(name: string): boolean {
  return name in HONOURED_BY_DRIVER || name in REFUSED_BY_DRIVER;
}

/**
 * Throws `KnexSettingRefused` for the first setting that one fenced connection cannot honour, with its name and
 * the reason, so that no setting of a knexfile is silently ignored.
 *
 * @param settings unchecked values, because no compiler checks a configuration file
 */
export function checkKnexSettings(settings: Readonly<Record<string, unknown>>): KnexSettings {
  for (const [name, value] of Object.entries(settings)) {
    if (value !== undefined && !(name in HONOURED)) throw knexSettingRefused(name, REFUSED[name]);
  }
  const { client, connection, pool } = settings;
  if (client !== undefined && client !== 'mysql2') {
    throw knexSettingRefused('client', 'Fanfold migrates MySQL and MariaDB with mysql2', 'mysql2');
  }
  if (connection !== undefined) checkDriver(connection);
  for (const [name, value] of Object.entries(objectOf(pool, 'pool'))) {
    if (value !== undefined && name !== 'afterCreate')
      throw knexSettingRefused(`pool.${name}`, ONE_CONNECTION);
    if (value !== undefined && typeof value !== 'function') {
      throw knexSettingRefused('pool.afterCreate', 'it must be a function (connection, done)');
    }
  }
  return settings as KnexSettings;
}

function checkDriver(connection: unknown): void {
  for (const [name, value] of Object.entries(objectOf(connection, 'connection'))) {
    if (value === undefined || (name === 'multipleStatements' && value === true)) continue;
    if (!(name in HONOURED_BY_DRIVER))
      throw knexSettingRefused(`connection.${name}`, REFUSED_BY_DRIVER[name]);
    if (name === 'flags' && /-\s*MULTI_STATEMENTS/i.test(String(value))) {
      throw knexSettingRefused('connection.flags', REFUSED_BY_DRIVER.multipleStatements);
    }
    if ((name === 'charset' || name === 'collate') && !/^\w*$/.test(String(value))) {
      throw knexSettingRefused(
        `connection.${name}`,
        'it must be the name of a character set or collation',
      );
    }
    if (name === 'timezone' && !TIMEZONE.test(String(value))) {
      throw knexSettingRefused(
        'connection.timezone',
        'mysql2 accepts local, Z, or an offset such as +02:00',
      );
    }
  }
}

/** The values that mysql2 supports; it would treat any other value as UTC. */
const TIMEZONE = /^(?:local|Z|[ +-]\d\d:\d\d)$/;

function objectOf(value: unknown, name: string): object {
  if (value === undefined) return {};
  if (typeof value === 'object' && value !== null) return value;
  throw knexSettingRefused(
    name,
    'it must be an object, because the address comes from the row of each tenant',
  );
}

/** The error for a setting that cannot be honoured; `instead` is a value that can. */
export function knexSettingRefused(
  name: string,
  why = 'it is unknown',
  instead?: string,
): FanfoldError {
  return new FanfoldError(
    'KnexSettingRefused',
    `The Knex setting ${name} cannot be honoured: ${why}.`,
    {
      fault: 'configuration',
      nextStep:
        instead === undefined
          ? `Remove ${name} from the Knex settings.`
          : `Remove ${name}, or set it to ${instead}.`,
    },
  );
}
