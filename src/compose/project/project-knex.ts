import { dirname, resolve } from 'node:path';
import { type FoundKnex, findKnex } from '../../adapters/local/packages/find-knex.ts';
import {
  type KnexPackage,
  knexInFolder,
  ownKnex,
} from '../../adapters/mysql/migration/knex/knex-package.ts';
import type { Project } from './load-project.ts';
import { ownKnexPackage } from './own-package.ts';

/** The Knex that a project's migrations are run with. */
export interface ProjectKnex {
  readonly found: FoundKnex | undefined;
  readonly knexPackage: KnexPackage;
}

/** Finds the Knex of a project; throws `KnexVersionUnsupported` or `KnexTwice`. */
export function knexOf(project: Project, migrationsFolder: string): ProjectKnex {
  const found = findKnex({
    migrationsFolder: resolve(migrationsFolder),
    projectFolder: project.knexfile === undefined ? project.folder : dirname(project.knexfile.file),
    own: ownKnexPackage(),
  });
  return {
    found,
    knexPackage: found?.owner === 'project' ? knexInFolder(found.folder) : ownKnex,
  };
}
