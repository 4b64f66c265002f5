import type { KeptStore } from '../../core/kept/kept-store.ts';
import { readKept } from './bookkeeping/kept-table.ts';
import { knexTables } from './bookkeeping/knex-tables.ts';
import { type ConnectionOptions, usingConnection } from './connection/connection.ts';
import { dropKept } from './drop-kept.ts';

/** Kept values, one connection for each operation. */
export function createKeptStore(options: ConnectionOptions): KeptStore {
  // Its table has the same name in every project.
  const tablesOf = (database: string) => knexTables(database, 'knex_migrations');
  return {
    list: (login) =>
      usingConnection(login, options, (connection) =>
        readKept(connection, tablesOf(login.database)),
      ),
    drop: (login, names) =>
      usingConnection(login, options, (connection) =>
        dropKept(connection, login.database, names, tablesOf(login.database)),
      ),
  };
}
