import { createSeedLoader } from '../../adapters/local/seed-loader.ts';
import type { TenantDatabasesOptions } from '../../adapters/mysql/tenant-databases.ts';
import type { Project } from './load-project.ts';
import { knexOf } from './project-knex.ts';

/** Runs migrations with the Knex, the settings and the seeds of a project, if there is one. */
export function projectDatabases(
  project: Project | undefined,
  migrationsFolder: string,
): Pick<TenantDatabasesOptions, 'knex' | 'knexPackage' | 'loadSeed'> {
  return {
    knex: project?.knexfile?.settings,
    knexPackage: project && knexOf(project, migrationsFolder).knexPackage,
    loadSeed: createSeedLoader(),
  };
}
