import { splitMigrationName } from '../../../core/bundle/bundle.ts';
import type { Resolution } from '../../../core/resolve/resolution.ts';
import type { SchemaState } from '../../../core/schema-state.ts';
import { appliedRecord, revertedRecord } from '../bookkeeping/migration-records.ts';
import { query } from '../connection/query.ts';
import { sendTexts } from '../connection/send-texts.ts';
import { COMMIT, type SqlText, START } from '../connection/sql-text.ts';
import { readStandings } from '../journal/statement-standings.ts';
import type { FencedMigrationsOptions } from './fenced-migrations-options.ts';
import { runMigration } from './run-migration.ts';

/**
 * Does what somebody has said of a half-way migration. What was known of its statements, and who said
 * what of them, goes to the table `fanfold_resolutions` in the same transaction. Where a `down` fails
 * the migration stays half-way.
 */
export async function resolveMigration(
  resolution: Resolution,
  state: SchemaState,
  options: FencedMigrationsOptions,
): Promise<void> {
  const { session, tables } = options;
  const { kind, id, migration, runId } = resolution;
  const names = state.rows
    .map(({ name }) => name)
    .filter((name) => splitMigrationName(name).id === id);
  const standings = await readStandings(session.connection, tables.journal, id);
  await query(session.connection, createAuditTable(tables.audit));
  session.inTransaction = false;
  session.bookkeepingOnly = false;
  const audit: SqlText = {
    sql: `INSERT INTO ${tables.audit} (migration, resolution, resolved_by, run_id, statements) VALUES (?, ?, ?, ?, ?)`,
    values: [id, kind, resolution.by, runId, JSON.stringify(standings)],
  };
  if (kind === 'revert' && migration !== undefined) {
    const isOpen = state.open.some((each) => each.id === id && each.direction === 'down');
    const record = [...revertedRecord(id, names, tables), audit];
    await runMigration(migration, { direction: 'down', runId, isOpen, record }, options);
    return;
  }
  const isRecorded = kind === 'retry' || names.length > 0;
  const record = isRecorded ? [] : recordOf(resolution, options);
  const forgotten: SqlText = {
    sql: `DELETE FROM ${tables.journal} WHERE migration = ? AND number > 0`,
    values: [id],
  };
  await sendTexts(session.connection, [START, forgotten, ...record, audit, COMMIT]);
}

function recordOf(
  { id, migration, name, batch, runId }: Resolution,
  { tables }: FencedMigrationsOptions,
): SqlText[] {
  const texts = appliedRecord(
    { id, checksum: migration?.checksum ?? '' },
    { name, batch, runId, baseline: [] },
    tables,
  );
  // Of a file that is gone nobody knows the checksum.
  return migration === undefined ? texts.slice(0, 1) : texts;
}

function createAuditTable(audit: string): string {
  return `create table if not exists ${audit} (resolved_at timestamp(6) not null default current_timestamp(6), migration varchar(255) not null, resolution varchar(10) not null, resolved_by varchar(255) not null, run_id varchar(80) not null, statements mediumtext not null, primary key (resolved_at, migration)) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin`;
}
