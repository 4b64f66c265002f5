import type { KnexTables } from '../bookkeeping/knex-tables.ts';
import type { RunMigrationOptions } from './run-migration.ts';

/** What all that is done under one fence has in common. */
export interface FencedMigrationsOptions extends RunMigrationOptions {
  readonly tables: KnexTables;
}
