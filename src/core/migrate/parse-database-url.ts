import { FanfoldError } from '../errors.ts';
import { parseLoginUrl } from '../login-url.ts';
import type { ConnectionLogin } from '../ports.ts';

const FORM = 'mysql://user:password@host:3306/database';

/**
 * Reads the URL of one database to migrate.
 *
 * @param source what gave it, for messages: `The URL`, `DATABASE_URL`
 * @throws FanfoldError `DatabaseUrlMissing`, `DatabaseUrlInvalid`; neither quotes the URL, which holds a password
 */
export function parseDatabaseUrl(url: string | undefined, source: string): ConnectionLogin {
  if (url === undefined || url.trim() === '') {
    throw new FanfoldError('DatabaseUrlMissing', 'No database is named.', {
      fault: 'configuration',
      nextStep: `Set DATABASE_URL=${FORM}, in the environment or in .env, or name the URL on the command line.`,
    });
  }
  const invalid = (what: string, hint?: string) =>
    new FanfoldError('DatabaseUrlInvalid', `${source} ${what}.`, {
      fault: 'configuration',
      nextStep: `${hint === undefined ? '' : `${hint} `}The form is ${FORM}`,
    });
  const login = parseLoginUrl(url, invalid);
  if (login.database === '') throw invalid('names no database');
  return login;
}
