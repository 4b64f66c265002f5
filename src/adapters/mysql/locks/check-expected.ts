import type { Connection } from 'mysql2';
import { MIGRATION_EXTENSIONS } from '../../../core/bundle/bundle.ts';
import type { ExpectedState } from '../../../core/migrate/expected-state.ts';
import { type KnexTables, ownTableName } from '../bookkeeping/knex-tables.ts';
import { tableListing } from '../connection/table-listing.ts';

/**
 * The statement that fails unless a database is in the expected state, so nothing after it in the packet runs. If it
 * succeeds, something is pending.
 */
export function checkExpected(
  connection: Connection,
  expected: ExpectedState,
  { database, tables: { migrations } }: { readonly database: string; readonly tables: KnexTables },
): string {
  const contradiction =
    expected.kind === 'fresh'
      ? `${tableListing(connection)} WHERE TABLE_SCHEMA = ${text(database)} AND TABLE_NAME = ${text(ownTableName(migrations))}`
      : `${migrations} WHERE name IN (${recordedNames(expected.lacks).map(text).join(', ')})`;
  return `SET @fanfold_expected = EXP(IF(EXISTS(SELECT 1 FROM ${contradiction}), 1000, 0))`;
}

/** All names under which a migration may be recorded. */
function recordedNames(id: string): string[] {
  return ['', ...MIGRATION_EXTENSIONS].map((extension) => `${id}${extension}`);
}

/** Doubled quotes are read alike in every sql_mode. A backslash is not: the statement then fails, or finds nothing. */
function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
