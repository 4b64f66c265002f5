import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import knex, { type Knex } from 'knex';
import type { ConnectionLogin } from '../src/core/ports.ts';
import { EARLIER_MIGRATIONS, migrationIds } from './migration-ids.ts';
import { tenantMigrations } from './repository.ts';

/** The first of them owns an app. */
const PEOPLE = ['ada', 'grace', 'linus'];

/**
 * Does what a product on plain Knex did before: `knex.migrate.latest()` when there were fewer
 * migrations, recorded as the `.js` files that they were then; and people working with the result.
 */
export async function migrateByPlainKnex(login: ConnectionLogin): Promise<void> {
  const { host, port, database, user, password } = login;
  const migrationSource: Knex.MigrationSource<string> = {
    getMigrations: async () => (await migrationIds()).slice(0, EARLIER_MIGRATIONS),
    getMigrationName: (id) => `${id}.js`,
    getMigration: (id) => import(pathToFileURL(join(tenantMigrations, `${id}.ts`)).href),
  };
  const instance = knex({
    client: 'mysql2',
    connection: { host, port, database, user, password },
    pool: { min: 0, max: 1 },
    migrations: { migrationSource },
  });
  try {
    await instance.migrate.latest();
    await instance('users').insert(
      PEOPLE.map((name) => ({ email: `${name}@example.com`, display_name: name })),
    );
    const owner = await instance('users').first('id');
    await instance('apps').insert({ owner_id: owner.id, slug: 'website', name: 'Website' });
  } finally {
    await instance.destroy();
  }
}
