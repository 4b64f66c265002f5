import { join } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * An esbuild plugin that gives our code the Knex of the project, file by file: the project's version
 * writes the SQL, and a migration that imports Knex shares it.
 *
 * @param folder of the project's Knex
 * @param root folder of our own code
 */
export function knexOfProject(folder: string, root: string): Plugin {
  return {
    name: 'knex-of-project',
    setup(build) {
      build.onResolve({ filter: /^knex\/lib\// }, ({ path, importer }) =>
        importer.startsWith(join(root, 'src'))
          ? { path: join(folder, path.slice('knex/'.length)) }
          : undefined,
      );
    },
  };
}
