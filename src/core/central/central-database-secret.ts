import { FanfoldError } from '../errors.ts';
import type { CentralDatabaseLogin } from './central-database-login.ts';

const FORM =
  '{"username":"…","password":"…","host":"central.example.com","port":3306,"dbname":"central"}';

/**
 * Reads the login of the central database from the JSON that RDS writes into a secret. Other members,
 * such as `engine`, may be next to it. Throws `CentralDatabaseSecretInvalid` (`configuration`), which
 * names what is missing and shows nothing of what is there.
 *
 * @param source what the error calls the secret
 */
export function parseCentralDatabaseSecret(text: string, source: string): CentralDatabaseLogin {
  let secret: unknown;
  try {
    secret = JSON.parse(text);
  } catch {
    // The parser's message quotes the text.
    throw invalid(source, 'is not JSON');
  }
  if (typeof secret !== 'object' || secret === null || Array.isArray(secret)) {
    throw invalid(source, 'is not a JSON object');
  }
  const { username, password, host, port = 3306, dbname } = secret as Record<string, unknown>;
  const wrong = Object.entries({ username, password, host, dbname })
    .filter(([, value]) => typeof value !== 'string' || value === '')
    .map(([name]) => `"${name}"`);
  if (wrong.length > 0) throw invalid(source, `lacks a text as ${wrong.join(', ')}`);
  const number = typeof port === 'string' && /^\d+$/.test(port) ? Number(port) : port;
  if (!Number.isInteger(number) || Number(number) < 1 || Number(number) > 65_535) {
    throw invalid(source, 'has a "port" that is not a number from 1 to 65535');
  }
  return {
    host: String(host),
    port: Number(number),
    database: String(dbname),
    user: String(username),
    password: String(password),
  };
}

function invalid(source: string, why: string): FanfoldError {
  return new FanfoldError('CentralDatabaseSecretInvalid', `${source} ${why}.`, {
    fault: 'configuration',
    nextStep: `Write it like ${FORM}. A secret that RDS manages itself holds user name and password only: make one of your own beside it.`,
  });
}
