import type { ConfigLanguage } from './config-source.ts';

/** A folder of a project that holds migrations of Knex, or is meant to. */
export interface MigrationsFolder {
  /** Relative to the project, with `./` and slashes. */
  readonly path: string;
  /** The number of its files that are named like migrations. */
  readonly files: number;
  /** `tenants`: its path says so. `others`: its path names the central database. */
  readonly belongsTo: 'tenants' | 'others' | 'unknown';
}

/** A project that Fanfold is set up in, as its files show it. */
export interface ProjectFiles {
  readonly folder: string;
  readonly language: ConfigLanguage;
  /** Name of the configuration file that suits it. */
  readonly configFile: string;
  readonly migrationsFolders: readonly MigrationsFolder[];
  /** Files of Knex's settings, with `./`; the nearest to the migrations first. */
  readonly knexfiles: readonly string[];
}
