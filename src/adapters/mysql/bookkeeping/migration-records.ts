import type { Migration } from '../../../core/bundle/bundle.ts';
import type { MigrationRecord } from '../../../core/ports.ts';
import type { SqlText } from '../connection/sql-text.ts';
import { writeRowState } from './journal-format.ts';
import type { KnexTables } from './knex-tables.ts';
import type { SessionLeft } from './session-left.ts';

/** The state that is stored with a record, as JSON. */
export interface RecordState {
  /** The value of Knex's lock during the migration, which identifies the session. */
  readonly lock: number;
  /** The settings and objects that the migration left in its session. */
  readonly left?: SessionLeft | undefined;
}

export interface AppliedRecord extends MigrationRecord {
  readonly runId: string;
  readonly state?: RecordState | undefined;
}

/** Assigns the records of a killed run to the session that continues it. */
export function inheritRecords(
  { journal }: Pick<KnexTables, 'journal'>,
  from: number,
  to: number,
): SqlText {
  const lock = (value: number) => `"lock":${value}`;
  return {
    // The limit satisfies `sql_safe_updates`, because the statement uses no key.
    sql: `UPDATE ${journal} SET \`state\` = REPLACE(\`state\`, ?, ?) WHERE \`number\` = 0 AND \`state\` LIKE ? LIMIT 100000`,
    values: [lock(from), lock(to), `%${lock(from)}%`],
  };
}

/** The statements that record a migration as applied: Knex's row and Fanfold's checksums. */
export function appliedRecord(
  migration: Pick<Migration, 'id' | 'checksum'>,
  { name, batch, runId, baseline, state }: AppliedRecord,
  { migrations, journal }: KnexTables,
): SqlText[] {
  const checksums = [
    ...baselineRows(baseline).map((row) => [...row, null]),
    [migration.id, migration.checksum, runId, state === undefined ? null : writeRowState(state)],
  ];
  return [
    {
      sql: `INSERT INTO ${migrations} (\`batch\`, \`migration_time\`, \`name\`) VALUES (?, ?, ?)`,
      values: [batch, new Date(), name],
    },
    {
      sql: `INSERT INTO ${journal} (\`migration\`, \`checksum\`, \`run_id\`, \`state\`) VALUES ? ON DUPLICATE KEY UPDATE \`checksum\` = VALUES(\`checksum\`), \`run_id\` = VALUES(\`run_id\`), \`state\` = VALUES(\`state\`)`,
      values: [checksums],
    },
  ];
}

/** The statement that records checksums of migrations applied earlier or by plain Knex; existing checksums stay. */
export function baselineRecord(
  baseline: MigrationRecord['baseline'],
  { journal }: KnexTables,
): SqlText {
  return {
    sql: `INSERT IGNORE INTO ${journal} (\`migration\`, \`checksum\`, \`run_id\`) VALUES ?`,
    values: [baselineRows(baseline)],
  };
}

/** Baseline rows have no run id, so that no rollback of a run includes them. */
function baselineRows(baseline: MigrationRecord['baseline']): string[][] {
  return baseline.map(({ id, checksum }) => [id, checksum, '']);
}

/** The statements that delete all rows of an applied or half-applied migration. */
export function revertedRecord(
  id: string,
  names: readonly string[],
  { migrations, journal }: KnexTables,
): SqlText[] {
  return [
    ...(names.length > 0
      ? // The limit satisfies `sql_safe_updates`, because the statement uses no key.
        [{ sql: `DELETE FROM ${migrations} WHERE \`name\` IN (?) LIMIT 100000`, values: [names] }]
      : []),
    { sql: `DELETE FROM ${journal} WHERE \`migration\` = ?`, values: [id] },
  ];
}

/** The statement that records which run rolled a migration back, so that the run does not do it twice. */
export function revertedByRecord(
  { id, checksum }: Pick<Migration, 'id' | 'checksum'>,
  runId: string,
  { journal }: KnexTables,
): SqlText {
  return {
    sql: `INSERT INTO ${journal} (\`migration\`, \`checksum\`, \`run_id\`, \`direction\`) VALUES (?, ?, ?, 'down')`,
    values: [id, checksum, runId],
  };
}
