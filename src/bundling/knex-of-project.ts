import { existsSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * An esbuild plugin that gives our code the Knex of the project, file by file: the project's version
 * writes the SQL, and a migration that imports Knex shares it.
 *
 * @param folder of the project's Knex
 * @param root folder of our own code
 */
export function knexOfProject(folder: string, root: string): Plugin {
  // In the built package the file with our Knex in it has one beside it that imports any Knex.
  const importing = join(root, 'chunks/knex-of-project.js');
  const isBuilt = existsSync(importing);
  const driver = join(root, `src/adapters/mysql/driver${isBuilt ? '.js' : '.ts'}`);
  return {
    name: 'knex-of-project',
    setup(build) {
      build.onResolve({ filter: /\/own-knex-classes-\w+\.js$/ }, ({ importer }) =>
        isBuilt && dirname(importer).startsWith(root) ? { path: importing } : undefined,
      );
      build.onResolve({ filter: /^knex\/lib\// }, ({ path, importer }) =>
        importer === importing || importer.startsWith(join(root, 'src'))
          ? { path: join(folder, path.slice('knex/'.length)) }
          : undefined,
      );
      // Another copy of the driver would be a third of the function.
      build.onResolve({ filter: /^mysql2$/ }, ({ path, importer }) =>
        importer.startsWith(folder + sep) ? { path, namespace: OWN_DRIVER } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: OWN_DRIVER }, () => ({
        contents: `module.exports=require(${JSON.stringify(driver)}).driver;`,
        resolveDir: root,
      }));
    },
  };
}

const OWN_DRIVER = 'own-driver';
