import { FanfoldError } from '../errors.ts';
import {
  ALREADY_SO,
  AUTH_PARAMETERS,
  CA_PARAMETERS,
  INSTEAD,
  LIMIT_PARAMETERS,
  TIMES,
  TLS_PARAMETERS,
  type TlsMode,
  type TlsWish,
} from './central-parameter-names.ts';

/** Parameters of CENTRAL_DATABASE_URL, after its `?`. Those that are not given keep their defaults. */
export interface CentralDatabaseParameters {
  /** As `--tls`: for the central database alone. */
  readonly tls?: TlsRequest | undefined;
  /** File of a certificate authority to trust, as `--ca`. */
  readonly caFile?: string | undefined;
  /** Connections at most. */
  readonly connectionLimit?: number | undefined;
  /** The time that connecting may take, in milliseconds. */
  readonly connectTimeoutMs?: number | undefined;
  /** The time to wait for a free connection, in milliseconds. */
  readonly acquireTimeoutMs?: number | undefined;
  /** The user logs in by IAM database authentication, without a password. */
  readonly auth?: 'iam' | undefined;
  /** The time that an answer may take, in milliseconds. */
  readonly answerTimeoutMs?: number | undefined;
}

export interface TlsRequest {
  readonly mode: TlsMode;
  /** The parameter that requests it, as it is written in the URL. */
  readonly parameter: string;
}

/**
 * Reads the parameters of CENTRAL_DATABASE_URL as Prisma, mysql2, JDBC, MariaDB's drivers, Rails and the
 * MySQL shell write them: names go without case, hyphens and underscores. Each is honored, or refused with
 * its name (`CentralDatabaseUrlInvalid`): an ignored parameter would look as if it applied. No value gets
 * into an error, as it may be a secret.
 *
 * TLS is always verified: `REQUIRED` and `VERIFY_CA` check certificate and name as well, and a parameter that
 * requests TLS without a check is refused.
 *
 * @param query the URL's part from `?` on, as it is written; may be empty
 */
export function parseCentralDatabaseParameters(query: string): CentralDatabaseParameters {
  if (query.includes('@')) {
    throw refused('has an @ after its ?', 'In a password, write ? as %3F and @ as %40.');
  }
  let read: CentralDatabaseParameters = {};
  const seen = new Map<string, string>();
  const wishes: Wish[] = [];
  for (const [name, value] of new URLSearchParams(query)) {
    const plain = name.toLowerCase().replaceAll(/[-_]/g, '');
    const before = seen.get(plain);
    if (before !== undefined && before !== value) {
      throw refused(`gives ${shown(name)} twice`, 'Leave one of them.');
    }
    seen.set(plain, value);
    const wish = tlsWish(plain, name, value);
    if (wish === undefined) read = { ...read, ...setting(plain, name, value) };
    else wishes.push({ wish, parameter: name });
  }
  return withTls(read, wishes);
}

interface Wish {
  readonly wish: TlsWish;
  readonly parameter: string;
}

/** The TLS mode that a parameter requests; `undefined` if it is about something else. */
function tlsWish(plain: string, name: string, value: string): TlsWish | undefined {
  const expected = TLS_PARAMETERS.get(plain);
  if (expected === undefined) return undefined;
  if (plain === 'ssl' && value.trim().startsWith('{')) return sslObject(name, value);
  const said = value.trim().toLowerCase().replaceAll(/[-_ ]/g, '');
  const asked = Object.hasOwn(expected, said) ? expected[said] : undefined;
  if (asked !== undefined) return asked;
  throw refused(
    `has a value of ${shown(name)} that is not known`,
    `Expected is one of ${Object.keys(expected).join(', ')}; or leave it out and use --tls.`,
  );
}

/** mysql2's `ssl={"rejectUnauthorized":true}`. */
function sslObject(name: string, value: string): TlsWish {
  let options: unknown;
  try {
    options = JSON.parse(value);
  } catch {
    throw refused(`has a value of ${shown(name)} that is not JSON`, 'Leave it out and use --tls.');
  }
  const {
    rejectUnauthorized = true,
    verifyIdentity = true,
    ...others
  } = options as Record<string, unknown>;
  if (rejectUnauthorized !== true || verifyIdentity !== true) return 'unverified';
  const [other] = Object.keys(others);
  if (other === undefined) return 'required';
  throw refused(
    `has more in ${shown(name)} than rejectUnauthorized`,
    'Write {"rejectUnauthorized":true}, and name a certificate authority with --ca <file>.',
  );
}

/** The option that a parameter sets, if it is not about the mode of TLS. */
function setting(plain: string, name: string, value: string): CentralDatabaseParameters {
  if (CA_PARAMETERS.has(plain)) {
    if (value !== '') return { caFile: value };
    throw refused(`has no file in ${shown(name)}`, 'Name a PEM file, or use --ca <file>.');
  }
  if (LIMIT_PARAMETERS.has(plain)) return { connectionLimit: whole(name, value, 1_000) };
  const auth = AUTH_PARAMETERS.get(plain);
  if (auth !== undefined) return authOf(auth, name, value);
  const time = TIMES.get(name);
  if (time !== undefined) {
    const [key, milliseconds] = time;
    return { [key]: whole(name, value, 3_600_000 / milliseconds) * milliseconds };
  }
  const same = ALREADY_SO.get(plain);
  if (same !== undefined) {
    if (same.test(value.trim())) return {};
    throw refused(
      `asks for another ${shown(name)} than Fanfold works with`,
      'Leave it out: the central database is read and written in utf8mb4, with times in UTC.',
    );
  }
  throw refused(
    `has the parameter ${shown(name)}, which Fanfold does not have`,
    INSTEAD.get(plain) ??
      'Leave it out. There are: ssl-mode, ssl-ca, auth, connection_limit, connect_timeout, pool_timeout and socket_timeout.',
  );
}

/** Only a known word may decide that no password is needed. */
function authOf(
  words: Readonly<Record<string, 'iam' | 'password'>>,
  name: string,
  value: string,
): CentralDatabaseParameters {
  const said = value.trim().toLowerCase();
  const auth = Object.hasOwn(words, said) ? words[said] : undefined;
  if (auth === 'iam') return { auth };
  if (auth === 'password') return {};
  throw refused(
    `has a value of ${shown(name)} that is not known`,
    `Expected is ${Object.keys(words).join(' or ')}; leave it out to log in by password.`,
  );
}

function withTls(
  read: CentralDatabaseParameters,
  wishes: readonly Wish[],
): CentralDatabaseParameters {
  const asking = (wanted: TlsWish) => wishes.find(({ wish }) => wish === wanted)?.parameter;
  const off = asking('off');
  const on = asking('required') ?? asking('auto');
  const unverified = asking('unverified');
  if (off !== undefined && (on !== undefined || read.caFile !== undefined)) {
    throw refused(
      `asks for no TLS (${shown(off)}) and for TLS (${on === undefined ? 'a certificate authority' : shown(on)}) at once`,
      'Leave one of them.',
    );
  }
  if (off !== undefined) return { ...read, tls: { mode: 'off', parameter: off } };
  // Without TLS there is nothing to check either.
  if (unverified !== undefined) {
    throw refused(`asks for TLS without a check (${shown(unverified)})`, CHECKED);
  }
  if (on === undefined) return read.caFile === undefined ? read : { ...read, tls: BY_CA };
  const mode = asking('required') === undefined && read.caFile === undefined ? 'auto' : 'required';
  return { ...read, tls: { mode, parameter: on } };
}

/** Naming an authority means that the certificate is checked, even on loopback. */
const BY_CA: TlsRequest = { mode: 'required', parameter: 'ssl-ca' };

const CHECKED =
  'Fanfold checks the certificate of every server: name its authority with --ca <file>, or do without TLS in a network that you trust (ssl-mode=DISABLED).';

function whole(name: string, value: string, most: number): number {
  const number = /^\d{1,9}$/.test(value) ? Number(value) : 0;
  if (number >= 1 && number <= most) return number;
  throw refused(
    `has a value of ${shown(name)} that cannot be used`,
    `Expected is a whole number from 1 to ${most}.`,
  );
}

/** A name as people would write it; anything else may be a piece of a password. */
function shown(name: string): string {
  return /^[A-Za-z][\w-]{1,40}$/.test(name) ? `"${name}"` : 'a parameter that is not a word';
}

function refused(what: string, nextStep: string): FanfoldError {
  return new FanfoldError('CentralDatabaseUrlInvalid', `CENTRAL_DATABASE_URL ${what}.`, {
    fault: 'configuration',
    nextStep,
  });
}
