import type { Migration } from '../../../core/bundle/bundle.ts';
import type { MigrationRecord } from '../../../core/ports.ts';
import type { SqlText } from '../connection/sql-text.ts';
import type { KnexTables } from './knex-tables.ts';

/** Knex's row and our checksums, which say that a migration is applied. */
export function appliedRecord(
  migration: Pick<Migration, 'id' | 'checksum'>,
  { name, batch, runId, baseline }: Omit<MigrationRecord, 'isLast'>,
  { migrations, journal }: KnexTables,
): SqlText[] {
  const checksums = [...baselineRows(baseline), [migration.id, migration.checksum, runId]];
  return [
    {
      sql: `INSERT INTO ${migrations} (\`batch\`, \`migration_time\`, \`name\`) VALUES (?, ?, ?)`,
      values: [batch, new Date(), name],
    },
    {
      sql: `INSERT INTO ${journal} (\`migration\`, \`checksum\`, \`run_id\`) VALUES ? ON DUPLICATE KEY UPDATE \`checksum\` = VALUES(\`checksum\`), \`run_id\` = VALUES(\`run_id\`)`,
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

/** Without a run: it is nothing that one could take back. */
function baselineRows(baseline: MigrationRecord['baseline']): string[][] {
  return baseline.map(({ id, checksum }) => [id, checksum, '']);
}

/** Takes away all that says that a migration is applied, or half-way. */
export function revertedRecord(
  id: string,
  names: readonly string[],
  { migrations, journal }: KnexTables,
): SqlText[] {
  return [
    ...(names.length > 0
      ? [{ sql: `DELETE FROM ${migrations} WHERE \`name\` IN (?)`, values: [names] }]
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
