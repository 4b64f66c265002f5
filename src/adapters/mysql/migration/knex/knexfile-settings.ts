import { FanfoldError } from '../../../../core/errors.ts';
import {
  checkKnexSettings,
  isKnownOption,
  isKnownSetting,
  knexSettingRefused,
} from './check-knex-settings.ts';
import type { KnexSettings } from './knex-settings.ts';

/** A setting of a knexfile that is ignored because Fanfold replaces it. */
export interface SetAside {
  /** Its path, such as `connection.host`. */
  readonly name: string;
  readonly why: string;
}

/** Settings about the migrations themselves, for which Fanfold has options. */
export interface KnexfileMigrations {
  readonly directory?: string | undefined;
  readonly tableName?: string | undefined;
  readonly disableTransactions?: boolean | undefined;
  /** Knex's `disableMigrationsListValidation`. */
  readonly allowMissing?: boolean | undefined;
  /** Only files with these extensions are migrations. */
  readonly loadExtensions?: readonly string[] | undefined;
}

/** The settings of a knexfile, sorted by how they are used. */
export interface SortedKnexfile {
  readonly settings: KnexSettings;
  readonly migrations: KnexfileMigrations;
  readonly setAside: readonly SetAside[];
}

const FROM_TENANT = 'each tenant has its own in the central database';
const BY_FANFOLD = 'Fanfold connects with its own options (--tls, --ca, --connect-timeout)';
const ONE_CONNECTION = 'each tenant has one connection, which holds its fence';

/** Connection options about the server and the login, which do not affect statements. */
const CONNECTION_SET_ASIDE: Readonly<Record<string, string>> = {
  host: FROM_TENANT,
  server: FROM_TENANT,
  port: FROM_TENANT,
  user: FROM_TENANT,
  password: FROM_TENANT,
  database: FROM_TENANT,
  uri: FROM_TENANT,
  socketPath: FROM_TENANT,
  password1: FROM_TENANT,
  password2: FROM_TENANT,
  password3: FROM_TENANT,
  passwordSha1: FROM_TENANT,
  filename: 'the databases are not files',
  ssl: BY_FANFOLD,
  sslmode: BY_FANFOLD,
  'ssl-mode': BY_FANFOLD,
  sslaccept: BY_FANFOLD,
  connectTimeout: BY_FANFOLD,
  localAddress: BY_FANFOLD,
  enableKeepAlive: BY_FANFOLD,
  keepAliveInitialDelay: BY_FANFOLD,
  maxPreparedStatements: 'migrations prepare no statements',
  debug: 'it would print the packets, including passwords',
  multipleStatements: 'migrations may always send several statements',
  connectionLimit: ONE_CONNECTION,
  connection_limit: ONE_CONNECTION,
  maxIdle: ONE_CONNECTION,
  idleTimeout: ONE_CONNECTION,
  queueLimit: ONE_CONNECTION,
  waitForConnections: ONE_CONNECTION,
  resetOnRelease: ONE_CONNECTION,
  expirationChecker: FROM_TENANT,
};

/** Options of Knex's pool. */
const POOL_SET_ASIDE = new Set([
  'min',
  'max',
  'acquireTimeoutMillis',
  'createTimeoutMillis',
  'destroyTimeoutMillis',
  'idleTimeoutMillis',
  'reapIntervalMillis',
  'createRetryIntervalMillis',
  'propagateCreateError',
  'log',
  'validate',
  'maxConnectionLifetimeMillis',
  'maxConnectionLifetimeJitterMillis',
  // Option names of older pools, which occur in public knexfiles.
  'evictionRunIntervalMillis',
  'softIdleTimeoutMillis',
  'requestTimeout',
]);

/** Keys of a knexfile that only Knex's command line reads, or that do not affect migrations. */
const TOP_SET_ASIDE: Readonly<Record<string, string>> = {
  acquireConnectionTimeout: ONE_CONNECTION,
  ext: "only Knex's own command line reads it",
  searchPath: 'it belongs to another client',
  jsonbSupport: 'it belongs to another client',
  stub: 'migrate:make has its own templates',
  // Knex itself reads a table's name only below `migrations`.
  tableName: 'Knex does not read it there either: it belongs below `migrations`',
};

/** Keys of `migrations` that do not affect how a migration runs. */
const MIGRATIONS_SET_ASIDE: Readonly<Record<string, string>> = {
  extension: 'migrate:make follows the existing files',
  stub: 'migrate:make has its own templates',
  sortDirsSeparately: 'there is only one folder',
};

const MIGRATIONS_REFUSED: Readonly<Record<string, string>> = {
  migrationSource: 'Fanfold reads the migrations from a folder',
  schemaName: "Knex's tables are in the tenant's own database",
  getNewMigrationName: 'migrate:make names files <timestamp>_<name>',
  lifecycle: 'Fanfold runs migrations one by one, without hooks around them',
  beforeAll: 'Fanfold runs migrations one by one, without hooks around them',
  afterAll: 'Fanfold runs migrations one by one, without hooks around them',
  beforeEach: 'Fanfold runs migrations one by one, without hooks around them',
  afterEach: 'Fanfold runs migrations one by one, without hooks around them',
};

/** The extensions of migrations that Fanfold runs. */
const RUN = ['.ts', '.js', '.mjs', '.cjs', '.mts', '.cts'];

/**
 * Sorts the settings of a knexfile. Settings that affect migrations are kept, or refused by name
 * (`KnexSettingRefused`) if one fenced connection cannot honour them. Addresses, passwords and pool sizes are set
 * aside, because those of the tenants are used. No setting is silently ignored.
 */
export function sortKnexfile(knexfile: Readonly<Record<string, unknown>>): SortedKnexfile {
  const setAside: SetAside[] = [];
  const put = (name: string, why: string) => setAside.push({ name, why });
  const { migrations, dialect, ...rest } = knexfile;
  const settings: Record<string, unknown> = {};
  const others: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(rest)) {
    const why = TOP_SET_ASIDE[name];
    if (value === undefined) continue;
    if (why !== undefined) put(name, why);
    else if (isKnownSetting(name)) settings[name] = value;
    else {
      put(name, 'Knex has no such setting; migrations see it in knex.client.config');
      others[name] = value;
    }
  }
  settings.client ??= dialect;
  checkClient(settings.client);
  const connection = connectionOf(settings.connection, put);
  const pool = poolOf(settings.pool, put);
  delete settings.connection;
  delete settings.pool;
  if (settings.client === undefined) delete settings.client;
  const honoured = checkKnexSettings({
    ...settings,
    ...(connection !== undefined && { connection }),
    ...(pool !== undefined && { pool }),
    ...(migrations !== undefined && { migrations }),
  });
  return {
    settings: { ...others, ...honoured },
    migrations: migrationsOf(migrations, put),
    setAside,
  };
}

type Put = (name: string, why: string) => void;

/** Refuses another dialect first, because errors about its options would confuse. */
function checkClient(client: unknown): void {
  if (client === undefined || client === 'mysql2') return;
  const isClass = typeof client === 'function';
  const shown = typeof client === 'string' ? `"${client}"` : isClass ? 'a class' : 'no name';
  throw new FanfoldError(
    'KnexSettingRefused',
    `The client is ${shown}, and Fanfold migrates MySQL and MariaDB with the client mysql2.`,
    {
      fault: 'configuration',
      nextStep:
        client === 'mysql'
          ? 'Set client to mysql2 in the knexfile and install mysql2: Knex compiles the same SQL for both. Or put the settings into the configuration file: knex: { ...settings, client: "mysql2" }.'
          : 'Name the knexfile for the tenant databases, or its environment with "knex.env".',
    },
  );
}

function connectionOf(connection: unknown, put: Put): Record<string, unknown> | undefined {
  if (connection === undefined || connection === null) return undefined;
  if (typeof connection === 'function') {
    throw knexSettingRefused(
      'connection',
      'it is a function, and Fanfold would have to request a password from it to read its driver options',
      'an object of driver options: { ...settings, connection: { timezone: "Z" } } in the configuration file',
    );
  }
  const given = typeof connection === 'string' ? optionsOfUrl(connection, put) : connection;
  if (typeof given !== 'object' || Array.isArray(given)) return checkedElsewhere(connection);
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const why = CONNECTION_SET_ASIDE[name];
    if (value === undefined) continue;
    if (why !== undefined) put(`connection.${name}`, why);
    else if (isKnownOption(name)) kept[name] = value;
    else put(`connection.${name}`, 'neither Knex nor the driver knows such an option');
  }
  return Object.keys(kept).length === 0 ? undefined : kept;
}

/** Returns an invalid value unchanged; `checkKnexSettings` refuses it. */
function checkedElsewhere(connection: unknown): Record<string, unknown> {
  return connection as Record<string, unknown>;
}

/** The options in a URL, read as Knex reads them: as JSON, or else as text. */
function optionsOfUrl(text: string, put: Put): Record<string, unknown> {
  put('connection', FROM_TENANT);
  if (!URL.canParse(text)) return {};
  const url = new URL(text);
  checkClient(
    url.protocol === 'mysql:' || url.protocol === 'mysql2:' ? 'mysql2' : url.protocol.slice(0, -1),
  );
  return Object.fromEntries(
    [...url.searchParams].map(([name, value]) => [
      name,
      url.protocol === 'mysql:' ? jsonOr(value) : value,
    ]),
  );
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function poolOf(pool: unknown, put: Put): unknown {
  if (typeof pool !== 'object' || pool === null) return pool ?? undefined;
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(pool)) {
    if (value === undefined) continue;
    if (POOL_SET_ASIDE.has(name)) put(`pool.${name}`, ONE_CONNECTION);
    else kept[name] = value;
  }
  return Object.keys(kept).length === 0 ? undefined : kept;
}

function migrationsOf(migrations: unknown, put: Put): KnexfileMigrations {
  if (migrations === undefined || migrations === null) return {};
  if (typeof migrations !== 'object' || Array.isArray(migrations)) {
    throw knexSettingRefused('migrations', 'it must be an object');
  }
  const given = migrations as Readonly<Record<string, unknown>>;
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null) continue;
    if (MIGRATIONS_REFUSED[name] !== undefined) {
      throw knexSettingRefused(`migrations.${name}`, MIGRATIONS_REFUSED[name]);
    }
    if (MIGRATIONS_SET_ASIDE[name] !== undefined) {
      put(`migrations.${name}`, MIGRATIONS_SET_ASIDE[name]);
    } else if (!READ.has(name)) throw knexSettingRefused(`migrations.${name}`);
  }
  return {
    directory: directoryOf(given.directory),
    tableName: textOf(given.tableName, 'tableName'),
    disableTransactions: flagOf(given.disableTransactions, 'disableTransactions'),
    allowMissing: flagOf(given.disableMigrationsListValidation, 'disableMigrationsListValidation'),
    loadExtensions: extensionsOf(given.loadExtensions),
  };
}

const READ = new Set([
  'directory',
  'tableName',
  'disableTransactions',
  'disableMigrationsListValidation',
  'loadExtensions',
]);

function directoryOf(directory: unknown): string | undefined {
  const all = Array.isArray(directory) ? directory : [directory];
  if (all.length > 1) {
    throw knexSettingRefused(
      'migrations.directory',
      `it names ${all.length} folders, but the tenants' migrations must be in one folder`,
      'one folder, or name it as "migrations.folder" in the configuration file',
    );
  }
  return textOf(all[0], 'directory');
}

function textOf(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw knexSettingRefused(`migrations.${name}`, 'it must be a string');
}

function flagOf(value: unknown, name: string): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  throw knexSettingRefused(`migrations.${name}`, 'it must be true or false');
}

function extensionsOf(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string')) {
    throw knexSettingRefused('migrations.loadExtensions', 'it must be a list of extensions');
  }
  const strange = value.filter((extension) => !RUN.includes(extension));
  if (strange.length > 0) {
    throw knexSettingRefused(
      'migrations.loadExtensions',
      `Fanfold does not run migrations that end in ${strange.join(', ')}`,
      RUN.join(', '),
    );
  }
  return value;
}
