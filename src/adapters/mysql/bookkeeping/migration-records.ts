import type { Migration } from '../../../core/bundle/bundle.ts';
import type { MigrationRecord } from '../../../core/ports.ts';
import type { SqlText } from '../connection/sql-text.ts';
import type { KnexTables } from './knex-tables.ts';
import type { SessionLeft } from './session-left.ts';

/** The state that is kept beside a record, as JSON. */
export interface RecordState {
  /** The value of Knex's lock under which the migration was applied: which session that was. */
  readonly lock: number;
  /** Settings and objects that the migration left in its session. */
  readonly left?: SessionLeft | undefined;
}

export interface AppliedRecord extends MigrationRecord {
  readonly runId: string;
  readonly state?: RecordState | undefined;
}

/** Hands what a killed run has recorded over to the session that continues it. */
export function inheritRecords(
  { journal }: Pick<KnexTables, 'journal'>,
  from: number,
  to: number,
): SqlText {
  const lock = (value: number) => `"lock":${value}`;
  return {
    // It uses no key: with `sql_safe_updates` it has to have a limit.
    sql: `UPDATE ${journal} SET \`state\` = REPLACE(\`state\`, ?, ?) WHERE \`number\` = 0 AND \`state\` LIKE ? LIMIT 100000`,
    values: [lock(from), lock(to), `%${lock(from)}%`],
  };
}

/** Knex's row and our checksums, which say that a migration is applied. */
export function appliedRecord(
  migration: Pick<Migration, 'id' | 'checksum'>,
  { name, batch, runId, baseline, state }: AppliedRecord,
  { migrations, journal }: KnexTables,
): SqlText[] {
  const checksums = [
    ...baselineRows(baseline).map((row) => [...row, null]),
    [migration.id, migration.checksum, runId, state === undefined ? null : JSON.stringify(state)],
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

/** Checksums of what an earlier run or plain Knex has applied; what has one by now keeps it. */
export function baselineRecord(
  baseline: MigrationRecord['baseline'],
  { journal }: KnexTables,
): SqlText {
  return {
    sql: `INSERT IGNORE INTO ${journal} (\`migration\`, \`checksum\`, \`run_id\`) VALUES ?`,
    values: [baselineRows(baseline)],
  };
}

/** Without a run: it is not something that could be rolled back. */
function baselineRows(baseline: MigrationRecord['baseline']): string[][] {
  return baseline.map(({ id, checksum }) => [id, checksum, '']);
}

/** Deletes all rows that say that a migration is applied, or half-applied. */
export function revertedRecord(
  id: string,
  names: readonly string[],
  { migrations, journal }: KnexTables,
): SqlText[] {
  return [
    ...(names.length > 0
      ? // With a limit, since `sql_safe_updates` refuses a DELETE that uses no key.
        [{ sql: `DELETE FROM ${migrations} WHERE \`name\` IN (?) LIMIT 100000`, values: [names] }]
      : []),
    { sql: `DELETE FROM ${journal} WHERE \`migration\` = ?`, values: [id] },
  ];
}

/** Says which run took a migration back, so that no run takes its steps twice. */
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
