import type { Knex } from 'knex';
import { onTestFinished } from 'vitest';
import type { Bundle, Migration } from '../../src/core/bundle/bundle.ts';
import type { TestDatabase } from './database.ts';
import { plainKnexFactory } from './knex-under-test.ts';

/**
 * Plain Knex on a test's database, with a bundle's migrations under the names that Knex gives them.
 * It is closed when the test ends. `settings`: what the knexfile gives beside the address.
 */
export function plainKnex(
  { host, port, user, password, database }: TestDatabase,
  { migrations }: Bundle,
  settings: Knex.Config = {},
): Knex {
  const migrationSource: Knex.MigrationSource<Migration> = {
    getMigrations: async () => [...migrations],
    getMigrationName: ({ id, extension }) => id + extension,
    getMigration: async (migration) => (await migration.load()) as Knex.Migration,
  };
  const instance = plainKnexFactory({
    ...settings,
    client: 'mysql2',
    connection: { host, port, user, password, database, ...(settings.connection as object) },
    migrations: { migrationSource },
  });
  onTestFinished(() => instance.destroy());
  return instance;
}
