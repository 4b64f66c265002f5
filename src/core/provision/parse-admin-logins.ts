import { readDatabaseUrl } from '../database-url.ts';
import { FanfoldError } from '../errors.ts';
import { hostKey, type ServerAddress, serverName } from '../tenant.ts';
import type { AdminLogin, AdminLogins } from './database-server.ts';

/** The format of administrators' logins. */
const FORM = '{"db1.example.com:3306":{"user":"admin","password":"…"}}';

const DEFAULT_PORT = 3306;

/** Logins by server, as {@link hostKey} writes it. */
export type AdminLoginTable = ReadonlyMap<string, AdminLogin>;

/**
 * Reads logins by server from JSON: `{"db1.example.com:3306":{"user":"admin","password":"…"}}`. A
 * server without a port has port 3306. Also takes the form in which RDS keeps a secret,
 * `{"host":…,"port":…,"username":…,"password":…}`, for one server. `"auth":"iam"` in place of a password logs in by
 * IAM database authentication.
 *
 * Throws `AdminLoginInvalid` (fault `configuration`), which holds no password.
 *
 * @param source what the errors call the place that the text comes from
 */
export function parseAdminLogins(text: string, source: string): AdminLoginTable {
  const logins = parseObject(text, source);
  const isLogin = typeof logins.password === 'string' || logins.auth === 'iam';
  if (isLogin && !logins.host) {
    throw invalid(
      source,
      'has a login, and names no server',
      'A secret that RDS manages has no address: name the server beside its "arn", as "server", in the configuration of the stack.',
    );
  }
  if (typeof logins.host === 'string' && isLogin) {
    const { host, port, username, user, password, auth } = logins;
    const login = { user: username ?? user, password, auth };
    return table([[{ host, port: Number(port ?? DEFAULT_PORT) }, login]], source);
  }
  return table(
    Object.entries(logins).map(([server, login]) => [parseServer(server, source), login]),
    source,
  );
}

/**
 * Reads one login without its server, `{"username":…,"password":…}`, as RDS keeps that of a cluster. Throws
 * `AdminLoginInvalid`, which holds no password.
 */
export function parseAdminLogin(text: string, server: ServerAddress, source: string): AdminLogin {
  const { username, user, password, auth } = parseObject(text, source);
  return checkLogin({ user: username ?? user, password, auth }, server, source);
}

/**
 * Reads one login from a URL, `mysql://admin:password@db1.example.com:3306`, or `mysql://admin@…?auth=iam` of a user who
 * logs in by IAM. Throws `AdminLoginInvalid`, which does not hold the URL.
 */
export function parseAdminUrl(text: string, source: string): AdminLoginTable {
  const refuse = (what: string, hint?: string) => invalid(source, what, hint);
  const { host, port, user, password, search } = readDatabaseUrl(text, refuse);
  const auth = new URLSearchParams(search).get('auth') ?? undefined;
  return table(
    [
      [
        { host, port },
        { user, password, auth },
      ],
    ],
    source,
  );
}

/** The port over logins that are read when they are first needed. */
export function adminLoginsOf(read: () => Promise<AdminLoginTable>): AdminLogins {
  return {
    async find(server) {
      const logins = await read();
      const login = logins.get(hostKey(server));
      if (login === undefined) throw missing(server, [...logins.keys()]);
      return login;
    },
  };
}

function parseObject(text: string, source: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the text.
    throw invalid(source, 'is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(source, 'is not a JSON object');
  }
  return value as Record<string, unknown>;
}

function table(
  entries: readonly (readonly [ServerAddress, unknown])[],
  source: string,
): AdminLoginTable {
  if (entries.length === 0) throw invalid(source, 'names no server');
  return new Map(
    entries.map(([server, login]) => [hostKey(server), checkLogin(login, server, source)]),
  );
}

/** Reads `host`, `host:port` or `[ipv6]:port`. Throws `AdminLoginInvalid`. */
export function parseServer(text: string, source: string): ServerAddress {
  // `host:port`, `[ipv6]:port`, or a bare host, whose colons then are an IPv6 address's own.
  const [, bracketed, plain, port] =
    /^(?:\[([^\]]+)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text) ?? ([] as undefined[]);
  const host = bracketed ?? plain ?? (/^[0-9a-f:]+$/i.test(text) ? text : '');
  // Not shown: it may be a password in the wrong place.
  if (host === '')
    throw invalid(source, 'names a server (not shown) that is not a host or host:port');
  return { host, port: port === undefined ? DEFAULT_PORT : Number(port) };
}

function checkLogin(value: unknown, server: ServerAddress, source: string): AdminLogin {
  const { user, password, auth } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (auth !== undefined && auth !== 'iam' && auth !== 'password') {
    throw invalid(
      source,
      `has an "auth" for ${serverName(server)} that is neither "iam" nor "password"`,
    );
  }
  if (typeof user === 'string' && user !== '') {
    // Each connection makes a token; a password beside it is not used.
    if (auth === 'iam') return { user, password: '', auth };
    if (typeof password === 'string') return { user, password };
  }
  throw invalid(source, `has no user and password for ${serverName(server)}`);
}

function invalid(source: string, what: string, hint?: string): FanfoldError {
  return new FanfoldError('AdminLoginInvalid', `${source} ${what}.`, {
    fault: 'configuration',
    nextStep: `${hint === undefined ? '' : `${hint} `}Write it as a mysql:// URL for one server, or as JSON for several: ${FORM}`,
  });
}

function missing(server: ServerAddress, known: readonly string[]): FanfoldError {
  const names = known.length === 0 ? 'none is set' : `there are logins for ${known.join(', ')}`;
  return new FanfoldError(
    'AdminLoginMissing',
    `No administrator's login is known for the database server ${serverName(server)}; ${names}.`,
    {
      fault: 'configuration',
      nextStep: `Set FANFOLD_ADMIN_URL to mysql://admin:password@${serverName(server)}, or add the server to the file that FANFOLD_ADMIN_FILE names. Host and port have to be written as in the tenant's row.`,
    },
  );
}
