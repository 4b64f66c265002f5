import type { FencedDatabase } from '../../core/ports.ts';
import type { SchemaState } from '../../core/schema-state.ts';
import type { KnexTables } from './knex-tables.ts';
import { appliedRecord } from './migration-records.ts';
import { resolveMigration } from './resolve-migration.ts';
import { type RunMigrationOptions, runMigration } from './run-migration.ts';
import { readStandings } from './statement-standings.ts';

export interface FencedMigrationsOptions extends RunMigrationOptions {
  readonly tables: KnexTables;
}

/** What can be done with the migrations of a database while its fence is held. */
export function fencedMigrations(
  state: SchemaState,
  options: FencedMigrationsOptions,
): Pick<FencedDatabase, 'apply' | 'statements' | 'resolve'> {
  const { tables, session } = options;
  const isOpen = (id: string) =>
    state.open.some((each) => each.id === id && each.direction === 'up');
  return {
    apply: (migration, record, pause) =>
      runMigration(
        migration,
        {
          direction: 'up',
          runId: record.runId,
          isOpen: isOpen(migration.id),
          record: appliedRecord(migration, record, tables),
          pause,
        },
        options,
      ),
    statements: (id) => readStandings(session.connection, tables.journal, id),
    resolve: (resolution) => resolveMigration(resolution, state, options),
  };
}
