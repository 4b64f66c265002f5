import type { TenantsMapping } from '../../../core/central/tenants-mapping.ts';
import { centralDatabaseError } from '../../server/central-database-error.ts';
import { ERRNO } from '../../server/errno.ts';
import { type Look, lookedText } from './look.ts';

/** The table of ours beside the user's, as migrations/central/ makes it. */
export const OWN_TABLE = 'fanfold_tenants';

const COLUMNS = [
  'tenantId',
  'schemaVersion',
  'lastMigratedAt',
  'lastRunId',
  'statusReason',
  'provisioning',
  'provisioningOf',
  'dbPasswordNext',
  'migrationUser',
  'migrationPassword',
];

/** Columns of `tenants` in which Fanfold kept these before it had a table of its own. */
const EARLIER = ['dbPasswordNext', 'schemaVersion', 'lastMigratedAt', 'lastRunId'];

/**
 * Whether the table of ours is there. Throws `CentralDatabaseSchemaMismatch` where it lacks a column, and
 * where it has not been made yet although an earlier version of Fanfold left such columns in `tenants`:
 * a tenant may have a user that migrates there, and would be migrated as another.
 */
export async function checkOwnTable(look: Look, mapping: TenantsMapping): Promise<boolean> {
  const found = await columnsOf(look, OWN_TABLE);
  const mismatch = (detail: string) =>
    centralDatabaseError('schema-mismatch', look.address, detail);
  if (found.length > 0) {
    const missing = COLUMNS.filter((column) => !found.includes(column));
    if (missing.length === 0) return true;
    throw mismatch(`the table ${OWN_TABLE} has no column ${missing.join(', ')}`);
  }
  await refuseHidden(look);
  const earlier = 'table' in mapping ? await columnsOf(look, mapping.table) : [];
  if (EARLIER.every((column) => earlier.includes(column))) {
    throw mismatch(
      `an earlier version keeps what it knows of tenants in the table tenants, and this one in ${OWN_TABLE}, which is not there yet`,
    );
  }
  return false;
}

/**
 * A table that this user may not read looks as if it were not there. Then a tenant that has a user of its
 * own for migrating would be migrated as another.
 */
async function refuseHidden(look: Look): Promise<void> {
  try {
    await look.rows(`SELECT 1 FROM ${OWN_TABLE} LIMIT 0`);
  } catch (error) {
    if ((error as { errno?: number }).errno !== ERRNO.ER_NO_SUCH_TABLE) throw error;
  }
}

async function columnsOf(look: Look, table: string): Promise<string[]> {
  const rows = await look.rows(
    `SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?`,
    [table],
  );
  return rows.map(({ name }) => lookedText(name));
}
