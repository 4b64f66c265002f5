import { FanfoldError, type FanfoldErrorOptions } from '../errors.ts';
import { type DatabaseAddress, serverName } from '../tenant.ts';
import { explainTlsRefusal } from '../tls-refusal.ts';

/** What can be wrong with the central database, whichever driver found it. */
export type CentralTrouble =
  /** No connection: refused, no such host, no answer in time, no connection to spare. */
  | 'unreachable'
  | 'access-denied'
  /** No such database. */
  | 'missing'
  /** The database is there, its tables are not. */
  | 'empty'
  /** The table is there, a column of it is not. */
  | 'schema-mismatch'
  /** The server offers no TLS, or its certificate is not trusted. */
  | 'tls'
  /** The connection broke after it had been made. */
  | 'lost'
  /** Whatever else the server answered. */
  | 'failed';

/** What MySQL's or MariaDB's error number says; `undefined` where a driver has to know better. */
export function centralTroubleOf(errno: number | undefined): CentralTrouble | undefined {
  switch (errno) {
    case 1040: // too many connections
    case 1129: // host is blocked
    case 1130: // host is not allowed
    case 1203: // the user has too many connections
    case 1226: // the user's resource limit
      return 'unreachable';
    case 1044: // not this database
    case 1045: // wrong user or password
    case 1142: // not this table
    case 1143: // not this column
    case 1698: // not by this method
    case 1820: // password expired
    case 1862:
    case 3118: // account locked, MySQL
    case 4151: // account locked, MariaDB
      return 'access-denied';
    case 1049:
      return 'missing';
    case 1146:
      return 'empty';
    case 1054:
      return 'schema-mismatch';
    case 1053: // shutdown in progress
    case 1317: // query interrupted
    case 1927: // killed, MariaDB
    case 3169: // killed, MySQL
    case 4031: // idle for too long
      return 'lost';
    default:
      return undefined;
  }
}

/**
 * Explains trouble with the central database.
 *
 * @param detail what the driver or the server said, in one line and without secrets
 */
export function centralDatabaseError(
  trouble: CentralTrouble,
  address: DatabaseAddress,
  detail: string,
  cause?: unknown,
): FanfoldError {
  const { code, message, ...options } = explain(trouble, address, detail);
  return new FanfoldError(code, message, { fault: 'configuration', ...options, cause });
}

type Explanation = Omit<FanfoldErrorOptions, 'fault' | 'cause'> & { code: string; message: string };

function explain(trouble: CentralTrouble, address: DatabaseAddress, detail: string): Explanation {
  const server = serverName(address);
  const database = `central database "${address.database}" at ${server}`;
  switch (trouble) {
    case 'unreachable':
      return {
        code: 'CentralDatabaseUnreachable',
        message: `The central database server at ${server} cannot be reached: ${detail}`,
        nextStep:
          'Check that the server runs, and the network between here and there; then host and port in CENTRAL_DATABASE_URL.',
        retryable: true,
      };
    case 'access-denied':
      return {
        code: 'CentralDatabaseAccessDenied',
        message: `The ${database} refused the user "${address.user}": ${detail}`,
        nextStep: "Check user and password in CENTRAL_DATABASE_URL, and the user's rights.",
      };
    case 'missing':
      return {
        code: 'CentralDatabaseMissing',
        message: `There is no database "${address.database}" on the central database server at ${server}.`,
        nextStep:
          'Create it, or correct its name in CENTRAL_DATABASE_URL; then run: npm run migrate:latest',
      };
    case 'empty':
      return {
        code: 'CentralDatabaseEmpty',
        message: `The ${database} has not been set up: ${detail}`,
        nextStep: 'Create its tables: npm run migrate:latest',
      };
    case 'schema-mismatch':
      return {
        code: 'CentralDatabaseSchemaMismatch',
        message: `The ${database} has another schema than this version expects: ${detail}`,
        nextStep:
          'Bring it up to date (npm run migrate:latest), or check that CENTRAL_DATABASE_URL names the right database.',
      };
    case 'tls': {
      const refusal = explainTlsRefusal(detail, address.host, 'host in CENTRAL_DATABASE_URL');
      const whose = refusal.kind === 'none' ? 'The' : 'The certificate of the';
      return {
        code: 'CentralDatabaseTlsFailed',
        message: `${whose} central database server at ${server} ${refusal.reason}.`,
        nextStep: refusal.nextStep,
      };
    }
    case 'lost':
      return {
        code: 'CentralDatabaseLost',
        message: `The connection to the ${database} was lost: ${detail}`,
        nextStep: "Look at the database server's log and the network, then run the command again.",
        retryable: true,
      };
    case 'failed':
      return {
        code: 'CentralDatabaseFailed',
        message: `The ${database} answered with an error: ${detail}`,
        nextStep: "Look up the error, and at the database server's log.",
      };
  }
}
