import { FanfoldError } from '../errors.ts';
import type { CentralDatabaseLogin } from './central-database-login.ts';

const FORM = 'CENTRAL_DATABASE_URL=mysql://user:password@host:3306/database';
const DEFAULT_PORT = 3306;

/**
 * Reads CENTRAL_DATABASE_URL: `mysql://` or `mariadb://`, user, password and database
 * percent-decoded, port 3306 where none is given. Parameters behind a `?`, such as the
 * `connection_limit` of older Prisma clients, do not count.
 *
 * Throws `CentralDatabaseUrlMissing` and `CentralDatabaseUrlInvalid`. Neither holds the URL or the
 * error of the URL parser, which quotes it: both would show the password.
 */
export function parseCentralDatabaseUrl(text: string | undefined): CentralDatabaseLogin {
  if (text === undefined || text.trim() === '') {
    throw new FanfoldError('CentralDatabaseUrlMissing', 'CENTRAL_DATABASE_URL is not set.', {
      fault: 'configuration',
      nextStep: `Set it in the environment or in .env: ${FORM}`,
    });
  }
  const url = URL.parse(text);
  if (url === null) {
    throw invalid(
      'is not a URL',
      'Where user or password hold one of @ : / ? # [ ] %, write it percent-encoded (# is %23).',
    );
  }
  if (url.protocol !== 'mysql:' && url.protocol !== 'mariadb:') {
    throw invalid(`begins with "${url.protocol}", expected mysql:// or mariadb://`);
  }
  const host = decode(url.hostname, 'host').replace(/^\[(.*)\]$/, '$1');
  if (host === '') throw invalid('names no host');
  const port = url.port === '' ? DEFAULT_PORT : Number(url.port);
  if (port === 0) throw invalid('has port 0, expected 1 to 65535');
  const user = decode(url.username, 'user');
  if (user === '') throw invalid('names no user');
  if (/^\/[^/]+\//.test(url.pathname)) {
    throw invalid(
      'names more than a database behind the host',
      'Where the name of the database holds a slash, write it as %2F.',
    );
  }
  const database = decode(url.pathname.slice(1), 'database');
  if (database === '') throw invalid('names no database');
  return { host, port, user, password: decode(url.password, 'password'), database };
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid(`has a ${part} that is not percent-encoded`, 'Write a literal % as %25.');
  }
}

function invalid(what: string, hint?: string): FanfoldError {
  return new FanfoldError('CentralDatabaseUrlInvalid', `CENTRAL_DATABASE_URL ${what}.`, {
    fault: 'configuration',
    nextStep: `${hint === undefined ? '' : `${hint} `}The form is ${FORM}`,
  });
}
