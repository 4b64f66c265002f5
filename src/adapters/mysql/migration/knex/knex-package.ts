import { createRequire } from 'node:module';
import { join } from 'node:path';
import { FanfoldError } from '../../../../core/errors.ts';
import type { KnexClasses } from './knex-classes.ts';

/** A Knex that compiles and runs migrations: Fanfold's own, or that of the project. */
export interface KnexPackage {
  /** Loads its classes once, and late: it takes 40 ms, and a tenant with nothing to do does not need it. */
  load(): Promise<KnexClasses>;
}

/** Fanfold's own Knex; in a bundled function, the one that the bundler substitutes. */
export const ownKnex: KnexPackage = {
  load: async () => (await import('./own-knex-classes.ts')).ownKnexClasses,
};

/**
 * The Knex in a folder, such as `/app/node_modules/knex`. Loading it throws `KnexVersionUnsupported` if it lacks
 * files of the supported versions.
 */
export function knexInFolder(folder: string): KnexPackage {
  let classes: KnexClasses | undefined;
  return {
    async load() {
      classes ??= classesIn(folder);
      return classes;
    },
  };
}

function classesIn(folder: string): KnexClasses {
  // The files are loaded by path, which bypasses the `exports` of its package.json.
  const load = createRequire(join(folder, 'package.json'));
  try {
    return {
      Client: load('./lib/dialects/mysql2/index.js'),
      Transaction: load('./lib/dialects/mysql2/transaction.js'),
      Runner: load('./lib/execution/runner.js'),
      Logger: load('./lib/logger.js'),
      makeKnex: load('./lib/knex-builder/make-knex.js'),
      FsSeeds: load('./lib/migrations/seed/sources/fs-seeds.js').FsSeeds,
    };
  } catch (cause) {
    throw new FanfoldError(
      'KnexVersionUnsupported',
      `The Knex at ${folder} cannot be loaded: it lacks files that Knex 2.4 to 3 have, or a package that it needs.`,
      {
        fault: 'configuration',
        nextStep: 'Install it again in your project: `npm install knex@3`',
        cause,
      },
    );
  }
}
