import type { FencedDatabase } from '../../../core/ports.ts';
import type { SchemaState } from '../../../core/schema-state.ts';
import {
  appliedRecord,
  baselineRecord,
  revertedByRecord,
  revertedRecord,
} from '../bookkeeping/migration-records.ts';
import { query } from '../connection/query.ts';
import type { Direction } from '../journal/statement-journal.ts';
import { readStandings } from '../journal/statement-standings.ts';
import { unlockKnex } from '../locks/knex-lock.ts';
import type { FencedMigrationsOptions } from './fenced-migrations-options.ts';
import { resolveMigration } from './resolve-migration.ts';
import { runMigration } from './run-migration.ts';

/** What can be done with the migrations of a database while its fence is held. */
export function fencedMigrations(
  state: SchemaState,
  options: FencedMigrationsOptions,
): Pick<FencedDatabase, 'apply' | 'revert' | 'baseline' | 'statements' | 'resolve'> {
  const { tables, session } = options;
  const isOpen = (id: string, direction: Direction) =>
    state.open.some((each) => each.id === id && each.direction === direction);
  return {
    apply: (migration, record, pause) =>
      runMigration(
        migration,
        {
          direction: 'up',
          runId: record.runId,
          isOpen: isOpen(migration.id, 'up'),
          record: appliedRecord(migration, record, tables),
          unlock: record.isLast ? unlockKnex(tables) : undefined,
          pause,
        },
        options,
      ),
    revert: (migration, { names, runId, isLast }, pause) =>
      runMigration(
        migration,
        {
          direction: 'down',
          runId,
          isOpen: isOpen(migration.id, 'down'),
          record: [
            ...revertedRecord(migration.id, names, tables),
            revertedByRecord(migration, runId, tables),
          ],
          unlock: isLast ? unlockKnex(tables) : undefined,
          pause,
        },
        options,
      ),
    baseline: async (checksums) => {
      // Committed along with the release.
      const { sql, values } = baselineRecord(checksums, tables);
      session.learn(await query(session.connection, sql, values));
    },
    statements: (id) => readStandings(session.connection, tables.journal, id),
    resolve: (resolution) => resolveMigration(resolution, state, options),
  };
}
