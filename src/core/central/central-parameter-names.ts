/** `auto`: verified TLS except on loopback; `required`: there too; `off`: none. */
export type TlsMode = 'auto' | 'required' | 'off';

/** `unverified`: TLS with any certificate; `not said`: the value is what is done by default. */
export type TlsWish = TlsMode | 'unverified' | 'not said';

type TimeKey = 'connectTimeoutMs' | 'acquireTimeoutMs' | 'answerTimeoutMs';

const SWITCH: Readonly<Record<string, TlsMode>> = {
  true: 'required',
  1: 'required',
  false: 'off',
  0: 'off',
};
const SSL_MODE: Readonly<Record<string, TlsWish>> = {
  disabled: 'off',
  disable: 'off',
  preferred: 'auto',
  prefer: 'auto',
  allow: 'auto',
  required: 'required',
  require: 'required',
  verifyca: 'required',
  verifyidentity: 'required',
  verifyfull: 'required',
  trust: 'unverified',
  noverify: 'unverified',
};

/**
 * Parameters that decide about TLS, and the mode that each value requests; both without case, hyphens and
 * underscores.
 */
export const TLS_PARAMETERS = table<Readonly<Record<string, TlsWish>>>({
  // MySQL's clients, JDBC (sslMode), Rails and, by habit from PostgreSQL, many others.
  sslmode: SSL_MODE,
  // mysql2 and MariaDB's drivers; "Amazon RDS" is a profile of mysql2 whose authorities are always trusted.
  ssl: { ...SWITCH, amazonrds: 'required' },
  // JDBC.
  usessl: SWITCH,
  requiressl: { true: 'required', false: 'not said' },
  verifyservercertificate: { true: 'required', false: 'unverified' },
  trustservercertificate: { true: 'unverified', false: 'not said' },
  // Prisma.
  sslaccept: { strict: 'required', acceptinvalidcerts: 'unverified' },
  // Go.
  tls: { ...SWITCH, preferred: 'auto', skipverify: 'unverified' },
  // Python.
  ssldisabled: { true: 'off', false: 'not said' },
  sslverifycert: { true: 'required', false: 'unverified' },
  sslverifyidentity: { true: 'required', false: 'unverified' },
});

/** Prisma's `sslcert` is the certificate against which the server's is checked. */
export const CA_PARAMETERS: ReadonlySet<string> = new Set([
  'sslca',
  'sslcert',
  'sslrootcert',
  'serversslcert',
]);

/** Parameters that set the kind of login: Fanfold's, and that of the AWS JDBC driver for MySQL. */
export const AUTH_PARAMETERS = table<Readonly<Record<string, 'iam' | 'password'>>>({
  auth: { iam: 'iam', password: 'password' },
  useawsiam: { true: 'iam', false: 'password' },
});

export const LIMIT_PARAMETERS: ReadonlySet<string> = new Set([
  'connectionlimit',
  'maxpoolsize',
  'pool',
]);

/** By the name as it is written: with an underscore they are seconds, otherwise milliseconds. */
export const TIMES = table<readonly [TimeKey, milliseconds: number]>({
  connect_timeout: ['connectTimeoutMs', 1_000],
  'connect-timeout': ['connectTimeoutMs', 1],
  connectTimeout: ['connectTimeoutMs', 1],
  pool_timeout: ['acquireTimeoutMs', 1_000],
  acquireTimeout: ['acquireTimeoutMs', 1],
  socket_timeout: ['answerTimeoutMs', 1_000],
  socketTimeout: ['answerTimeoutMs', 1],
});

/** Parameters that change nothing if their value is the one here. */
export const ALREADY_SO = table<RegExp>({
  charset: /^utf-?8(mb4)?$/i,
  encoding: /^utf-?8(mb4)?$/i,
  characterencoding: /^utf-?8(mb4)?$/i,
  useunicode: /^(true|1)$/i,
  timezone: /^(z|utc|(etc\/)?utc|\+00:00)$/i,
  servertimezone: /^((etc\/)?utc|z|\+00:00)$/i,
  connectiontimezone: /^((etc\/)?utc|z|\+00:00)$/i,
  allowpublickeyretrieval: /^(true|1)$/i,
  getserverpublickey: /^(true|1)$/i,
  protocol: /^tcp$/i,
});

const NO_CLIENT_CERTIFICATE =
  'Fanfold logs in by password and has no client certificate. Leave it out.';
const IN_FRONT = 'Write it in front of the ?: mysql://user:password@host:3306/database';
const TCP_ONLY =
  'Fanfold connects by TCP: write host and port, mysql://user:password@host:3306/database';

/** Replacements for parameters that other drivers have. */
export const INSTEAD = table<string>({
  sslkey: NO_CLIENT_CERTIFICATE,
  sslidentity: NO_CLIENT_CERTIFICATE,
  sslpassword: NO_CLIENT_CERTIFICATE,
  clientcertificatekeystoreurl: NO_CLIENT_CERTIFICATE,
  trustcertificatekeystoreurl: 'Name a PEM file with ssl-ca, or use --ca <file>.',
  sslcapath: 'Name a PEM file with ssl-ca, or use --ca <file>.',
  socket: TCP_ONLY,
  socketpath: TCP_ONLY,
  unixsocket: TCP_ONLY,
  host: IN_FRONT,
  port: IN_FRONT,
  user: IN_FRONT,
  username: IN_FRONT,
  password: IN_FRONT,
  database: IN_FRONT,
});

/** A Map, in which names such as "constructor" are not found. */
function table<Value>(entries: Readonly<Record<string, Value>>): ReadonlyMap<string, Value> {
  return new Map(Object.entries(entries));
}
