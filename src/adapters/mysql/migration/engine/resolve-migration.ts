import { splitMigrationName } from '../../../../core/bundle/bundle.ts';
import type { Resolution } from '../../../../core/resolve/resolution.ts';
import { appliedRecord, revertedRecord } from '../../bookkeeping/migration-records.ts';
import { createResolutionsTable, resolutionRecord } from '../../bookkeeping/resolutions-table.ts';
import { query } from '../../connection/query.ts';
import type { SqlText } from '../../connection/sql-text.ts';
import { readStandings } from '../../journal/read-standings.ts';
import { runMigration } from './run-migration.ts';
import type { RunMigrationsOptions } from './run-migrations-options.ts';

/**
 * Carries out a decision about a half-applied migration. The standings of its statements and the person who
 * decided are recorded in `fanfold_resolutions` in the same transaction. If a `down` fails, the migration
 * stays half-applied.
 */
export async function resolveMigration(
  resolution: Resolution,
  options: RunMigrationsOptions,
): Promise<void> {
  const { state, tables, statements } = options;
  const { sender, session } = statements;
  const { kind, id, migration, runId, byHand } = resolution;
  const names = state.rows
    .map(({ name }) => name)
    .filter((name) => splitMigrationName(name).id === id);
  const standings = await readStandings(session.connection, tables, id);
  await query(session.connection, createResolutionsTable(tables));
  // Creating the table has committed the open transaction.
  sender.committed();
  const audit = resolutionRecord(resolution, standings, tables);
  if (kind === 'revert') {
    const record = [...revertedRecord(id, names, tables), ...audit];
    if (byHand === undefined && migration !== undefined) {
      const isOpen = state.open.some((each) => each.id === id && each.direction === 'down');
      const onRecorded = (): void => {};
      const run = { direction: 'down', runId, isOpen, record: () => record, onRecorded } as const;
      await runMigration(migration, run, options);
      await sender.commit();
      return;
    }
    await sender.write(record);
    return;
  }
  const isRecorded = kind === 'retry' || names.length > 0;
  const record = isRecorded ? [] : recordOf(resolution, options);
  const forgotten: SqlText = {
    sql: `DELETE FROM ${tables.journal} WHERE migration = ? AND number > 0`,
    values: [id],
  };
  await sender.write([forgotten, ...record, ...audit]);
}

function recordOf(
  { id, migration, name, batch, runId }: Resolution,
  { tables }: RunMigrationsOptions,
): SqlText[] {
  const texts = appliedRecord(
    { id, checksum: migration?.checksum ?? '' },
    { name, batch, runId, baseline: [] },
    tables,
  );
  // Without the file there is no checksum to record.
  return migration === undefined ? texts.slice(0, 1) : texts;
}
