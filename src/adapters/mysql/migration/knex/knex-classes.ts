import type MySql2Client from 'knex/lib/dialects/mysql2/index.js';
import type MySql2Transaction from 'knex/lib/dialects/mysql2/transaction.js';
import type KnexRunner from 'knex/lib/execution/runner.js';
import type makeKnexFunction from 'knex/lib/knex-builder/make-knex.js';
import type KnexLogger from 'knex/lib/logger.js';
import type { SeedSource } from './seed-loading.ts';

/** The classes of Knex that the fenced client extends. */
export interface KnexClasses {
  readonly Client: typeof MySql2Client;
  readonly Transaction: typeof MySql2Transaction;
  readonly Runner: typeof KnexRunner;
  readonly Logger: typeof KnexLogger;
  readonly makeKnex: typeof makeKnexFunction;
  readonly FsSeeds: SeedSource;
}
