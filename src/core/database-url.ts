/** The parts of a `mysql://` URL, percent-decoded. */
export interface DatabaseUrl {
  readonly host: string;
  readonly port: number;
  /** Empty if the URL names none. */
  readonly user: string;
  readonly password: string;
  /** The text after the host's slash, as it is written; empty if there is none. */
  readonly path: string;
  /** From the `?` on, as it is written; empty if there is none. */
  readonly search: string;
}

const DEFAULT_PORT = 3306;

/** Makes the error, from the reason and the way to write it; nothing of the URL is in them. */
export type RefuseUrl = (what: string, hint?: string) => Error;

/**
 * Reads `mysql://user:password@host:port/…` (or `mariadb://`), port 3306 if none is given. URL parsers take
 * an unencoded `/`, `?` or `#` of a password for the end of the host, so that a piece of the password becomes
 * the host: it would be printed, and looked up in DNS. Such a URL always has an `@` after that character, and
 * is refused before anything is done with it. An unencoded `@` or `:` in a password does no harm, since the
 * last `@` and the first `:` count.
 *
 * Throws what `refuse` makes; nothing of the URL reaches it, since any part may be a password.
 */
export function readDatabaseUrl(text: string, refuse: RefuseUrl): DatabaseUrl {
  const given = text.trim();
  checkBeginning(given, refuse);
  if (/[\t\r\n]/.test(given)) throw refuse('holds a line break or a tab', 'Write it on one line.');
  const [authority = ''] = given.slice(given.indexOf('//') + 2).split(/[/?#]/, 1);
  const behind = given.slice(given.indexOf('//') + 2 + authority.length);
  if (behind.includes('@')) throw refuse(...misplacedAt(behind, authority));
  if (behind.includes('#')) throw refuse('holds an unencoded #', 'Write # as %23.');
  const url = URL.parse(given);
  if (url === null) throw refuse('is not a URL', ENCODE);
  const host = decoded(url.hostname, 'host', refuse).replace(/^\[(.*)\]$/, '$1');
  if (host === '') throw refuse('names no host');
  // A name with other characters cannot be looked up, and may be a piece of a password.
  if (!HOST.test(host)) throw refuse('names a host (not shown) that is not a host', ENCODE);
  const port = url.port === '' ? DEFAULT_PORT : Number(url.port);
  if (port === 0) throw refuse('has port 0, expected 1 to 65535');
  return {
    host,
    port,
    user: decoded(url.username, 'user', refuse),
    password: decoded(url.password, 'password', refuse),
    path: url.pathname.slice(1),
    search: url.search,
  };
}

/** Percent-decodes one part of a URL. */
export function decoded(text: string, part: string, refuse: RefuseUrl): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refuse(`has a ${part} that is not percent-encoded`, 'Write a literal % as %25.');
  }
}

const ENCODE =
  'If user or password hold one of @ : / ? # [ ] %, write it percent-encoded (@ is %40, / is %2F, ? is %3F, # is %23, % is %25).';

/** A name, an IPv4 or an IPv6 address. */
const HOST = /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}._-]*)|[0-9a-f:.]+(?:%[\w.-]+)?)$/iu;

/** Schemes that people set by mistake; anything else in front may be a password. */
const OTHER_SCHEMES =
  /^(?:postgres|postgresql|sqlite|file|mongodb|mongodb\+srv|sqlserver|mssql|oracle|http|https|prisma|redis):/i;

function checkBeginning(given: string, refuse: RefuseUrl): void {
  if (/^(?:mysql|mariadb):\/\//i.test(given)) return;
  if (/^["'`]/.test(given)) {
    throw refuse(
      'is not a URL: it begins with a quote',
      'Take the quotes away; Docker and CI systems pass them on as a part of the value.',
    );
  }
  if (/^jdbc:/i.test(given)) {
    throw refuse('begins with "jdbc:", expected mysql:// or mariadb://', 'Leave out "jdbc:".');
  }
  const [other] = OTHER_SCHEMES.exec(given) ?? [];
  if (other !== undefined) {
    throw refuse(`begins with "${other.toLowerCase()}", expected mysql:// or mariadb://`);
  }
  throw refuse('is not a URL that begins with mysql:// or mariadb://');
}

const ENCODED: Readonly<Record<string, string>> = { '/': '%2F', '?': '%3F', '#': '%23' };

/** An `@` after the host: it ends a password that was cut short, or belongs to what follows. */
function misplacedAt(behind: string, authority: string): [what: string, hint: string] {
  const cut = behind.slice(0, 1);
  return [
    `holds an unencoded ${cut} in its user or password${authority.includes('@') ? ', or an unencoded @ after its host' : ''}`,
    `Write ${cut} as ${ENCODED[cut]}${authority.includes('@') ? ' and @ as %40' : ''}. ${ENCODE}`,
  ];
}
