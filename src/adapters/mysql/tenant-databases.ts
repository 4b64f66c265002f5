import type { Connection } from 'mysql2';
import type {
  ConnectionLogin,
  FencedDatabase,
  FenceOptions,
  TenantDatabase,
  TenantDatabases,
} from '../../core/ports.ts';
import { bookkeepingError } from './bookkeeping/bookkeeping-error.ts';
import { type KnexTables, knexTables } from './bookkeeping/knex-tables.ts';
import { readState, type StoredState } from './bookkeeping/read-state.ts';
import { type ConnectionOptions, usingConnection } from './connection/connection.ts';
import { query } from './connection/query.ts';
import { takeHostSlot } from './locks/host-slot.ts';
import type { Reconnect } from './locks/release-after-loss.ts';
import type { KnexSettings } from './migration/knex/knex-settings.ts';
import { usingFence } from './using-fence.ts';

export interface TenantDatabasesOptions extends Omit<ConnectionOptions, 'driver'> {
  /** Knex's `tableName`, `knex_migrations` by default. */
  readonly tableName?: string | undefined;
  /** Knex's `disableTransactions`. */
  readonly disableTransactions?: boolean | undefined;
  /** Settings of the user's knexfile; checked by `checkKnexSettings`. */
  readonly knex?: KnexSettings | undefined;
  /**
   * Whether statements are journaled, which they are by default. Without it a migration that is stopped
   * half-applied starts again from its beginning: only the bench leaves it out, to measure what it costs.
   */
  readonly journalsStatements?: boolean | undefined;
}

/** Tenant databases on MySQL and MariaDB, one connection each. */
export function createTenantDatabases(options: TenantDatabasesOptions): TenantDatabases {
  const { tableName = 'knex_migrations', disableTransactions = false, knex = {} } = options;
  return {
    using: (login, work) =>
      usingConnection(login, { ...options, driver: knex.connection }, async (connection) => {
        try {
          return await work(
            tenantDatabase(
              connection,
              login,
              { ...options, disableTransactions },
              knexTables(login.database, tableName),
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
  login: ConnectionLogin,
  options: TenantDatabasesOptions & { readonly disableTransactions: boolean },
  tables: KnexTables,
): TenantDatabase {
  const { database } = login;
  const { disableTransactions, journalsStatements = true, knex = {} } = options;
  let stored: StoredState['tables'] = { are: 'complete' };
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
    ): Promise<Result> => {
      const { statementTimeoutSeconds: seconds } = fence;
      const kill = (id: number) => killStatement(id, login, options);
      const timeout = seconds === undefined ? undefined : { seconds, kill };
      const reconnect: Reconnect = (work) => usingConnection(login, options, work);
      const of = { database, tables, disableTransactions, journalsStatements, knex, reconnect };
      const given = { ...fence, ...of, stored, timeout };
      return usingFence(connection, given, work);
    },
  };
}

/** Ends a statement over a connection of its own: the other one waits for the statement. */
async function killStatement(
  id: number,
  login: ConnectionLogin,
  options: ConnectionOptions,
): Promise<void> {
  await usingConnection(login, options, (connection) => query(connection, `KILL QUERY ${id}`));
}
