/** A setting of a knexfile that is ignored because Fanfold replaces it. */
export interface SetAside {
  /** Its path, such as `connection.host`. */
  readonly name: string;
  readonly why: string;
}

/** Notes a setting that is ignored, and why. */
export type Put = (name: string, why: string) => void;

/** The reasons that several settings share. */
export const FROM_TENANT = 'each tenant has its own in the central database';
const BY_FANFOLD = 'Fanfold connects with its own options (--tls, --ca, --connect-timeout)';
export const ONE_CONNECTION = 'each tenant has one connection, which holds its fence';

/** Connection options about the server and the login, which do not affect statements. */
export const CONNECTION_SET_ASIDE: Readonly<Record<string, string>> = {
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
export const POOL_SET_ASIDE = new Set([
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
export const TOP_SET_ASIDE: Readonly<Record<string, string>> = {
  acquireConnectionTimeout: ONE_CONNECTION,
  ext: "only Knex's own command line reads it",
  searchPath: 'it belongs to another client',
  jsonbSupport: 'it belongs to another client',
  stub: 'migrate:make has its own templates',
  // Knex itself reads a table's name only below `migrations`.
  tableName: 'Knex does not read it there either: it belongs below `migrations`',
};
