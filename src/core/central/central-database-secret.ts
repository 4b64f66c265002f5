import { FanfoldError } from '../errors.ts';
import { IAM } from '../iam/open-login.ts';
import type { CentralDatabaseLogin } from './central-database-login.ts';
import type { CentralPlace } from './central-place.ts';

const FORM =
  '{"username":"…","password":"…","host":"central.example.com","port":3306,"dbname":"central"}';

/** Engines as Secrets Manager and the CDK name them. */
const ENGINES = /^(?:mysql|mariadb|aurora|aurora-mysql)$/i;

/**
 * The members of a secret: the name that AWS writes first, then those that people write by hand. In any case, and also as
 * the variables of an application that shares the secret: `DB_USERNAME`, `MYSQL_HOST`.
 */
const NAMES = {
  username: ['username', 'user'],
  password: ['password', 'pass'],
  host: ['host', 'hostname'],
  dbname: ['dbname', 'database', 'db_name', 'database_name'],
  port: ['port'],
} as const;

const PREFIX = /^(?:db|mysql|database|rds)_/;
const ALL_NAMES: ReadonlySet<string> = new Set(Object.values(NAMES).flat());

/** The name of a member as {@link NAMES} has it; others stay as they are. */
function plainName(key: string): string {
  const name = key.toLowerCase();
  if (ALL_NAMES.has(name)) return name;
  const bare = name.replace(PREFIX, '');
  return ALL_NAMES.has(bare) ? bare : key;
}

/**
 * Reads the login of the central database from a secret: as Secrets Manager rotates it and the CDK makes it, or as RDS manages
 * it itself, with user and password alone, if `place` has the rest. Other members, such as `dbClusterIdentifier` or `masterarn`,
 * may be next to them. With `"auth":"iam"` the user logs in by IAM, and a password is not used.
 *
 * Throws `CentralDatabaseSecretInvalid` (`configuration`), which names what is missing, contradicts itself or is of another
 * engine, and shows nothing of user and password.
 *
 * @param source what the error calls the secret
 * @param place what the configuration says about the address
 */
export function parseCentralDatabaseSecret(
  text: string,
  source: string,
  place: CentralPlace = {},
): CentralDatabaseLogin {
  const secret = parseObject(text, source);
  const { engine, auth } = secret;
  if (typeof engine === 'string' && engine !== '' && !ENGINES.test(engine)) {
    throw invalid(source, 'is of another engine than MySQL or MariaDB');
  }
  if (auth !== undefined && auth !== 'iam' && auth !== 'password') {
    throw invalid(source, 'has an "auth" that is neither "iam" nor "password"');
  }
  const member = (name: keyof typeof NAMES) => memberOf(secret, name, source);
  const user = member('username');
  const host = joined('host', member('host'), place.host, source);
  const database = joined('dbname', member('dbname'), place.name, source);
  const password = auth === 'iam' ? IAM.password : member('password');
  const missing = Object.entries({ username: user, password, host, dbname: database })
    .filter(([, value]) => value === undefined)
    .map(([name]) => `"${name}"`);
  if (missing.length > 0) throw invalid(source, `lacks a text as ${missing.join(', ')}`);
  const login = {
    host: String(host),
    port: portOf(oneOf(secret, 'port', source), place.port, source),
    database: String(database),
    user: String(user),
    password: String(password),
  };
  return auth === 'iam' ? { ...login, auth } : login;
}

function parseObject(text: string, source: string): Record<string, unknown> {
  let secret: unknown;
  try {
    secret = JSON.parse(text);
  } catch {
    // The parser's message quotes the text.
    const isUrl = /^\s*\w+:\/\//.test(text);
    throw invalid(source, isUrl ? 'is a URL and not JSON' : 'is not JSON');
  }
  if (typeof secret !== 'object' || secret === null || Array.isArray(secret)) {
    throw invalid(source, 'is not a JSON object');
  }
  return secret as Record<string, unknown>;
}

/** A text of the secret; `undefined` if it is missing, empty or not a text. */
function memberOf(
  secret: Record<string, unknown>,
  name: keyof typeof NAMES,
  source: string,
): string | undefined {
  const value = oneOf(secret, name, source);
  return typeof value === 'string' ? value : undefined;
}

/** The value of a member under any of its names; one that is empty or missing does not count. */
function oneOf(secret: Record<string, unknown>, name: keyof typeof NAMES, source: string): unknown {
  const names: readonly string[] = NAMES[name];
  const given = Object.entries(secret).filter(([, value]) => isGiven(name, value));
  // Variables of an application beside the login that AWS wrote may be about something else.
  const exact = given.filter(([key]) => names.includes(key));
  const found = exact.length > 0 ? exact : given.filter(([key]) => names.includes(plainName(key)));
  const values = found.map(([, value]) => value);
  if (new Set(values.map(String)).size > 1) throw invalid(source, `has two values of "${name}"`);
  return values[0];
}

function isGiven(name: keyof typeof NAMES, value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  return name === 'port' || typeof value === 'string';
}

/** One part of the address, from the secret or the configuration, which may not contradict each other. */
function joined<Value>(
  name: string,
  inSecret: Value | undefined,
  configured: Value | undefined,
  source: string,
): Value | undefined {
  if (inSecret !== undefined && configured !== undefined && inSecret !== configured) {
    throw invalid(source, `has another "${name}" than "centralDatabase" of the stack`);
  }
  return inSecret ?? configured;
}

function portOf(port: unknown, configured: number | undefined, source: string): number {
  const isMissing = port === undefined || port === null || port === '';
  const number = typeof port === 'string' && /^\d+$/.test(port) ? Number(port) : port;
  const isPort = Number.isInteger(number) && Number(number) >= 1 && Number(number) <= 65_535;
  if (!isMissing && !isPort) {
    throw invalid(source, 'has a "port" that is not a number from 1 to 65535');
  }
  return joined('port', isMissing ? undefined : Number(number), configured, source) ?? 3306;
}

function invalid(source: string, why: string): FanfoldError {
  return new FanfoldError('CentralDatabaseSecretInvalid', `${source} ${why}.`, {
    fault: 'configuration',
    nextStep: `Write it like ${FORM}. If RDS manages the secret, or it has no database, set host and name as "centralDatabase" of the stack, and deploy.`,
  });
}
