import { createRequire } from 'node:module';
import { join } from 'node:path';
import type knexFactory from 'knex';
import { repository } from '../../scripts/repository.mjs';
import {
  type KnexPackage,
  knexInFolder,
  ownKnex,
} from '../../src/adapters/mysql/migration/knex/knex-package.ts';

/** Name under which a Knex is installed here: `FANFOLD_TEST_KNEX=knex-2-5`. Default: ours. */
const name = process.env.FANFOLD_TEST_KNEX || 'knex';

/** The Knex that the tests compare with, as plain Knex. */
export const plainKnexFactory = createRequire(import.meta.url)(name) as typeof knexFactory;

/** The same, as Fanfold takes it from a project. */
export const knexUnderTest: KnexPackage =
  name === 'knex' ? ownKnex : knexInFolder(join(repository, 'node_modules', name));
