import type { Connection } from 'mysql2';
import { FanfoldError } from '../../core/errors.ts';
import type {
  ConnectionLogin,
  FencedDatabase,
  FenceOptions,
  TenantDatabase,
  TenantDatabases,
} from '../../core/ports.ts';
import { serverName } from '../../core/tenant.ts';
import { type ConnectionOptions, usingConnection } from './connection.ts';
import { isConnectionLost } from './connection-lost.ts';
import { takeHostSlot } from './host-slot.ts';
import { type KnexTables, knexTables } from './knex-tables.ts';
import { readState } from './read-state.ts';
import { findServerError, messageForPeople } from './server-error.ts';
import { STATEMENT_ERRORS } from './statement-errors.ts';
import { usingFence } from './using-fence.ts';

export interface TenantDatabasesOptions extends ConnectionOptions {
  /** Knex's `tableName`, `knex_migrations` by default. */
  readonly tableName?: string | undefined;
  /** Knex's `disableTransactions`. */
  readonly disableTransactions?: boolean | undefined;
}

/** Tenant databases on MySQL and MariaDB, one connection each. */
export function createTenantDatabases(options: TenantDatabasesOptions): TenantDatabases {
  const { tableName = 'knex_migrations', disableTransactions = false } = options;
  return {
    using: (login, work) =>
      usingConnection(login, options, async (connection) => {
        try {
          return await work(
            tenantDatabase(
              connection,
              login,
              knexTables(login.database, tableName),
              disableTransactions,
            ),
          );
        } catch (error) {
          throw explained(error, login);
        }
      }),
  };
}

function tenantDatabase(
  connection: Connection,
  { database }: ConnectionLogin,
  tables: KnexTables,
  disableTransactions: boolean,
): TenantDatabase {
  let tablesMissing = false;
  return {
    readState: async () => {
      const state = await readState(connection, tables);
      ({ tablesMissing } = state);
      return state;
    },
    takeHostSlot: (count) => takeHostSlot(connection, count),
    usingFence: <Result>(
      fence: FenceOptions,
      work: (fenced: FencedDatabase) => Promise<Result>,
    ): Promise<Result> =>
      usingFence(
        connection,
        { ...fence, database, tables, disableTransactions, tablesMissing },
        work,
      ),
  };
}

/** Errors of our own queries, outside of any migration. */
function explained(error: unknown, { host, port, database }: ConnectionLogin): unknown {
  if (error instanceof FanfoldError) return error;
  if (isConnectionLost(error)) {
    return new FanfoldError(
      'ConnectionLost',
      `The connection to ${serverName({ host, port })} was lost.`,
      {
        fault: 'tenant',
        retryable: true,
        nextStep: "Look at the database server's log; run it again.",
      },
    );
  }
  const server = findServerError(error);
  if (server === undefined) return error;
  return new FanfoldError(
    'BookkeepingFailed',
    `The migration tables of "${database}" cannot be used: ${messageForPeople(server, database)} (error ${server.errno}).`,
    {
      fault: 'tenant',
      nextStep:
        'Give the tenant user all rights on its own database; check that knex_migrations and its lock table are as Knex made them.',
      retryable: STATEMENT_ERRORS.get(server.errno)?.retryable ?? false,
    },
  );
}
