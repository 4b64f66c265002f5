import type { Connection } from 'mysql2';
import type {
  ConnectionLogin,
  FencedDatabase,
  FenceOptions,
  TenantDatabase,
  TenantDatabases,
} from '../../core/ports.ts';
import { bookkeepingError } from './bookkeeping-error.ts';
import { type ConnectionOptions, usingConnection } from './connection.ts';
import { takeHostSlot } from './host-slot.ts';
import { type KnexTables, knexTables } from './knex-tables.ts';
import { readState, type StoredState } from './read-state.ts';
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
          throw bookkeepingError(error, login);
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
  let stored: StoredState['tables'] = 'complete';
  return {
    readState: async () => {
      const state = await readState(connection, tables);
      stored = state.tables;
      return state;
    },
    takeHostSlot: (count) => takeHostSlot(connection, count),
    usingFence: <Result>(
      fence: FenceOptions,
      work: (fenced: FencedDatabase) => Promise<Result>,
    ): Promise<Result> =>
      usingFence(connection, { ...fence, database, tables, disableTransactions, stored }, work),
  };
}
