import knex, { type Knex } from 'knex';
import type { Bundle, Migration } from '../../../src/core/bundle/bundle.ts';
import type { ChaosDatabase } from './chaos-server.ts';
import type { ServerError } from './server-error.ts';

const silent = () => {};

/**
 * Plain Knex on a database, with a bundle's migrations under the names that Knex gives them. Returns
 * its error if it failed.
 */
export async function plainMigrate(
  { host, port, user, password, database }: Omit<ChaosDatabase, 'names'>,
  { migrations }: Bundle,
  action: (instance: Knex) => Promise<unknown> = (instance) => instance.migrate.latest(),
): Promise<ServerError | undefined> {
  const migrationSource: Knex.MigrationSource<Migration> = {
    getMigrations: async () => [...migrations],
    getMigrationName: ({ id, extension }) => id + extension,
    getMigration: async (migration) => (await migration.load()) as Knex.Migration,
  };
  const instance = knex({
    client: 'mysql2',
    connection: { host, port, user, password, database, multipleStatements: true },
    pool: { min: 0, max: 10 },
    log: { warn: silent, error: silent, debug: silent, deprecate: silent },
    migrations: { migrationSource },
  });
  try {
    await action(instance);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    await instance.destroy();
  }
}
