import type { FencedDatabase } from '../../../../core/ports.ts';
import { baselineRecord } from '../../bookkeeping/migration-records.ts';
import { readLabel } from '../../bookkeeping/resolutions-table.ts';
import { readStandings } from '../../journal/read-standings.ts';
import { readStatements } from '../../journal/read-statements.ts';
import { verifiedAhead } from '../../journal/verified-standings.ts';
import { foreseeStatements } from './foresee-statements.ts';
import { resolveMigration } from './resolve-migration.ts';
import { runMigrations } from './run-migrations.ts';
import type { RunMigrationsOptions } from './run-migrations-options.ts';

/** Operations on the migrations of a database while its fence is held. */
export function fencedMigrations(
  options: RunMigrationsOptions,
): Pick<FencedDatabase, 'run' | 'baseline' | 'statements' | 'label' | 'ahead' | 'resolve'> {
  const { tables, statements } = options;
  const { connection } = statements.session;
  return {
    run: (steps, run) => runMigrations(steps, run, options),
    baseline: (checksums) => statements.sender.write([baselineRecord(checksums, tables)]),
    statements: (id) => readStandings(connection, tables, id),
    ahead: async (migration, direction, withValues) => {
      const journaled = await readStatements(connection, tables.journal, migration.id, direction);
      const foreseen = await foreseeStatements(migration, {
        session: statements.session,
        knex: options.knexSettings,
        classes: options.classes,
        direction,
        journaled,
        withValues,
      });
      const all = [...foreseen.unknown, ...foreseen.statements];
      const verified = await verifiedAhead(connection, all, direction);
      const unknown = verified.slice(0, foreseen.unknown.length);
      return { ...foreseen, unknown, statements: verified.slice(unknown.length) };
    },
    label: (id) => readLabel(connection, tables, id),
    resolve: (resolution) => resolveMigration(resolution, options),
  };
}
