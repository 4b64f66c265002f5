import { FanfoldError } from '../../../../core/errors.ts';
import {
  checkKnexSettings,
  isKnownOption,
  isKnownSetting,
  knexSettingRefused,
} from './check-knex-settings.ts';
import type { KnexSettings } from './knex-settings.ts';

/** A setting of a knexfile that does not count, since Fanfold has its own in its place. */
export interface SetAside {
  /** Its path, such as `connection.host`. */
  readonly name: string;
  readonly why: string;
}

/** Settings about the migrations themselves, which Fanfold has options for. */
export interface KnexfileMigrations {
  readonly directory?: string | undefined;
  readonly tableName?: string | undefined;
  readonly disableTransactions?: boolean | undefined;
  /** Knex's `disableMigrationsListValidation`. */
  readonly allowMissing?: boolean | undefined;
  /** Only files with these extensions are migrations. */
  readonly loadExtensions?: readonly string[] | undefined;
}

/** A knexfile, sorted by what becomes of its settings. */
export interface SortedKnexfile {
  readonly settings: KnexSettings;
  readonly migrations: KnexfileMigrations;
  readonly setAside: readonly SetAside[];
}

const FROM_TENANT = 'each tenant has its own in the central database';
const BY_FANFOLD = 'Fanfold connects with options of its own (--tls, --ca, --connect-timeout)';
const ONE_CONNECTION = 'each tenant has one connection, which holds its fence';

/** Options of a connection that say who is connected to and how; what statements do does not depend on them. */
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
  filename: 'no database of ours is a file',
  ssl: BY_FANFOLD,
  sslmode: BY_FANFOLD,
  'ssl-mode': BY_FANFOLD,
  sslaccept: BY_FANFOLD,
  connectTimeout: BY_FANFOLD,
  localAddress: BY_FANFOLD,
  enableKeepAlive: BY_FANFOLD,
  keepAliveInitialDelay: BY_FANFOLD,
  maxPreparedStatements: 'migrations prepare no statements',
  debug: 'it would print what is in the packets, passwords included',
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
  // Names of older pools, which public knexfiles still have.
  'evictionRunIntervalMillis',
  'softIdleTimeoutMillis',
  'requestTimeout',
]);

/** Keys of a knexfile that its own command line reads, or that are about no migration. */
const TOP_SET_ASIDE: Readonly<Record<string, string>> = {
  acquireConnectionTimeout: ONE_CONNECTION,
  ext: "only Knex's own command line reads it",
  searchPath: 'it belongs to another client',
  jsonbSupport: 'it belongs to another client',
  stub: 'migrate:make has templates of its own',
  // Knex itself reads a table's name below `migrations` only.
  tableName: 'Knex does not read it there either: it belongs below `migrations`',
};

/** Keys of `migrations` that change nothing about how a migration runs. */
const MIGRATIONS_SET_ASIDE: Readonly<Record<string, string>> = {
  extension: 'migrate:make follows the folder',
  stub: 'migrate:make has templates of its own',
  sortDirsSeparately: 'there is one folder',
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

/** Extensions of migrations that Fanfold runs, and those in Knex's default list of languages that it does not. */
const RUN = ['.ts', '.js', '.mjs', '.cjs', '.mts', '.cts'];

/**
 * Sorts the settings of a knexfile: what a migration would notice is kept or, if one fenced connection
 * cannot honour it, refused by its name (`KnexSettingRefused`); an address, a password, the size of a
 * pool is set aside, since the tenants' own count. Nothing is left out without a word.
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
      put(name, 'Knex knows no such setting; migrations see it in knex.client.config');
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

/** Another dialect is told before its options are, which would only confuse. */
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
          ? 'Set client to mysql2 in the knexfile and install mysql2 there: Knex compiles the same SQL for both. Or put the settings into the configuration file: knex: { ...settings, client: "mysql2" }.'
          : 'Name the knexfile, or with "knex.env" its environment, that is for the databases of the tenants.',
    },
  );
}

function connectionOf(connection: unknown, put: Put): Record<string, unknown> | undefined {
  if (connection === undefined || connection === null) return undefined;
  if (typeof connection === 'function') {
    throw knexSettingRefused(
      'connection',
      'it is a function, and Fanfold would have to ask it for a password to see which driver options it gives',
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

/** Something that Knex could make nothing of either. */
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
    throw knexSettingRefused('migrations', 'it has to be an object');
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
      `it names ${all.length} folders, and the migrations of the tenants are in one`,
      'one folder, or name it as "migrations.folder" in the configuration file',
    );
  }
  return textOf(all[0], 'directory');
}

function textOf(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw knexSettingRefused(`migrations.${name}`, 'it has to be a text');
}

function flagOf(value: unknown, name: string): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  throw knexSettingRefused(`migrations.${name}`, 'it has to be true or false');
}

function extensionsOf(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string')) {
    throw knexSettingRefused('migrations.loadExtensions', 'it has to be a list of extensions');
  }
  const strange = value.filter((extension) => !RUN.includes(extension));
  if (strange.length > 0) {
    throw knexSettingRefused(
      'migrations.loadExtensions',
      `Fanfold runs no migrations that end in ${strange.join(', ')}`,
      RUN.join(', '),
    );
  }
  return value;
}
