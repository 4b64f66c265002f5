import Client from 'knex/lib/dialects/mysql2/index.js';
import Transaction from 'knex/lib/dialects/mysql2/transaction.js';
import Runner from 'knex/lib/execution/runner.js';
import makeKnex from 'knex/lib/knex-builder/make-knex.js';
import Logger from 'knex/lib/logger.js';
import { FsSeeds } from 'knex/lib/migrations/seed/sources/fs-seeds.js';
import type { KnexClasses } from './knex-classes.ts';

/** The classes of Fanfold's own Knex, in a separate file that is loaded only if they are used. */
export const ownKnexClasses: KnexClasses = {
  Client,
  Transaction,
  Runner,
  Logger,
  makeKnex,
  FsSeeds,
};
