import { decoded, readDatabaseUrl } from '../database-url.ts';
import { FanfoldError } from '../errors.ts';
import type { CentralDatabaseLogin } from './central-database-login.ts';
import { parseCentralDatabaseParameters } from './central-database-parameters.ts';

const FORM = 'CENTRAL_DATABASE_URL=mysql://user:password@host:3306/database';

/**
 * Reads CENTRAL_DATABASE_URL: `mysql://` or `mariadb://`, user, password and database
 * percent-decoded, port 3306 if none is given. Parameters after a `?` are honored or refused
 * ({@link parseCentralDatabaseParameters}). With `auth=iam` there is no password.
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
  const url = readDatabaseUrl(text, invalid);
  const { host, port, user, password } = url;
  if (user === '') throw invalid('names no user');
  if (/^[^/]+\//.test(url.path)) {
    throw invalid(
      'names more than a database after the host',
      'If the name of the database contains a slash, write it as %2F.',
    );
  }
  const database = decoded(url.path, 'database', invalid);
  if (database === '') throw invalid('names no database');
  const login = { host, port, user, password, database };
  const parameters = parseCentralDatabaseParameters(url.search);
  if (parameters.auth === 'iam' && password !== '') {
    throw invalid('has a password, and says that the user logs in by IAM', 'Leave one of them.');
  }
  const how = parameters.auth === 'iam' ? { auth: parameters.auth } : {};
  return url.search === '' ? login : { ...login, ...how, parameters };
}

function invalid(what: string, hint?: string): FanfoldError {
  return new FanfoldError('CentralDatabaseUrlInvalid', `CENTRAL_DATABASE_URL ${what}.`, {
    fault: 'configuration',
    nextStep: `${hint === undefined ? '' : `${hint} `}The form is ${FORM}`,
  });
}
