import { readdir } from 'node:fs/promises';
import type { Knex } from 'knex';
import { centralMigrationFailed } from './central-error.ts';

/**
 * The folder is right for the sources and for the compiled package: dist/ mirrors the repository. Its
 * migrations are compiled because Node does not strip types below node_modules.
 */
const FOLDER = new URL('../../../migrations/central/', import.meta.url);
const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/** Migrations that create the tables of a new fleet, which a product with a fleet already has. */
export const NEW_FLEET_MIGRATIONS = [
  '20261101090000_create_tenants.ts',
  '20261101090100_create_users.ts',
];

/**
 * The migrations of the central database, by id. They are always recorded as `.ts`, so that the package
 * recognizes a database that was set up from the sources.
 *
 * @param isNewFleet whether to include the migrations of a new fleet
 */
export function centralMigrationSource(isNewFleet: boolean): Knex.MigrationSource<string> {
  const getMigrationName = (id: string) => `${id}.ts`;
  return {
    async getMigrations() {
      const files = await readdir(FOLDER);
      return files
        .filter((file) => file.endsWith(EXTENSION) && !file.endsWith('.d.ts'))
        .map((file) => file.slice(0, -EXTENSION.length))
        .filter((id) => isNewFleet || !NEW_FLEET_MIGRATIONS.includes(getMigrationName(id)))
        .sort();
    },
    getMigrationName,
    async getMigration(id) {
      const { up, down } = (await import(
        new URL(`${id}${EXTENSION}`, FOLDER).href
      )) as Required<Knex.Migration>;
      return { up: named(id, up), down: named(id, down) };
    },
  };
}

type Step = Required<Knex.Migration>['up'];

/** Adds the migration's name to its error: Knex itself writes it only to its log. */
function named(id: string, step: Step): Step {
  return async (knex) => {
    try {
      return await step(knex);
    } catch (error) {
      throw centralMigrationFailed(id, error);
    }
  };
}
