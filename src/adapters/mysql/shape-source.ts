import { FanfoldError } from '../../core/errors.ts';
import type { ConnectionLogin } from '../../core/ports.ts';
import type { DatabaseToRead, ShapeReading, ShapeSource } from '../../core/shapes/shape-source.ts';
import { serverName } from '../../core/tenant.ts';
import { isConnectionLost } from '../server/connection-lost.ts';
import { isServerError, messageForPeople } from '../server/server-error.ts';
import { knexTables, ownTableNames } from './bookkeeping/knex-tables.ts';
import { usingConnection } from './connection/connection.ts';
import { readShapes } from './shapes/read-shapes.ts';
import { beReadOnly } from './shapes/show-create.ts';
import type { TenantDatabasesOptions } from './tenant-databases.ts';

/**
 * Reads shapes with `SHOW CREATE`: the server's own text leaves out nothing that a table has, whatever the version.
 * Knex's and Fanfold's tables are left out.
 */
export function createShapeSource(
  options: Pick<TenantDatabasesOptions, 'connectTimeoutMs' | 'tls' | 'iamToken' | 'tableName'>,
): ShapeSource {
  const { tableName = 'knex_migrations' } = options;
  const hidden = ownTableNames(knexTables('', tableName));
  const source: ShapeSource = {
    readMany: (login, databases, onRead, reading = {}) =>
      usingConnection(login, options, async (connection) => {
        try {
          await beReadOnly(connection);
          await readShapes(connection, databases, { ...reading, hidden, tableName }, onRead);
        } catch (error) {
          throw readError(error, login);
        }
      }),
    async readOne(login, users) {
      const { database } = login;
      let found: ShapeReading | undefined;
      const keep = (_: DatabaseToRead, reading: ShapeReading) => {
        found = reading;
      };
      await source.readMany(login, [{ database, users: [login.user, ...users] }], keep);
      if (found === undefined) throw new Error('The database was not read.');
      return found;
    },
  };
  return source;
}

/** Explains why a server cannot be read any further; what is neither its answer nor a loss is returned unchanged. */
function readError(error: unknown, login: ConnectionLogin): unknown {
  const server = serverName(login);
  if (error instanceof FanfoldError) return error;
  if (isConnectionLost(error)) {
    return new FanfoldError('ConnectionLost', `The connection to ${server} was lost.`, {
      fault: 'tenant',
      retryable: true,
      nextStep: "Check the database server's log, then run the command again.",
    });
  }
  if (!isServerError(error)) return error;
  const said = messageForPeople(error, login.database);
  return new FanfoldError(
    'ShapeUnreadable',
    `The server at ${server} does not list its databases: ${said} (error ${error.errno}).`,
    {
      fault: 'tenant',
      nextStep: 'Look the error up. The login needs no more than to see the definitions.',
      said,
    },
  );
}
