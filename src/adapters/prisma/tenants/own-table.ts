import type { TenantsMapping } from '../../../core/central/tenants-mapping.ts';
import { centralDatabaseError } from '../../server/central-database-error.ts';
import { ERRNO } from '../../server/errno.ts';
import { type CatalogConnection, catalogText } from './catalog-connection.ts';

/** Fanfold's own table beside the user's tenants, created by migrations/central/. */
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

/** Columns of `tenants` in which Fanfold stored this before it had `fanfold_tenants`. */
const EARLIER = ['dbPasswordNext', 'schemaVersion', 'lastMigratedAt', 'lastRunId'];

/**
 * Whether `fanfold_tenants` exists. Throws `CentralDatabaseSchemaMismatch` if it lacks a column, and if it
 * does not exist yet although an earlier version of Fanfold left its columns in `tenants`: a tenant's
 * migration user may be stored there, and the tenant would be migrated as another user.
 */
export async function checkOwnTable(
  catalog: CatalogConnection,
  mapping: TenantsMapping,
): Promise<boolean> {
  const found = await columnsOf(catalog, OWN_TABLE);
  const mismatch = (detail: string) =>
    centralDatabaseError('schema-mismatch', catalog.address, detail);
  if (found.length > 0) {
    const missing = COLUMNS.filter((column) => !found.includes(column));
    if (missing.length === 0) return true;
    throw mismatch(`the table ${OWN_TABLE} has no column ${missing.join(', ')}`);
  }
  await refuseHidden(catalog);
  const earlier = 'table' in mapping ? await columnsOf(catalog, mapping.table) : [];
  if (EARLIER.every((column) => earlier.includes(column))) {
    throw mismatch(
      `an earlier version stored its data about tenants in the table tenants; this version stores it in ${OWN_TABLE}, which does not exist yet`,
    );
  }
  return false;
}

/**
 * Throws if the table exists but this user may not read it: the catalogue hides such a table, and a tenant
 * with a separate migration user would be migrated as another user.
 */
async function refuseHidden(catalog: CatalogConnection): Promise<void> {
  try {
    await catalog.rows(`SELECT 1 FROM ${OWN_TABLE} LIMIT 0`);
  } catch (error) {
    if ((error as { errno?: number }).errno !== ERRNO.ER_NO_SUCH_TABLE) throw error;
  }
}

async function columnsOf(catalog: CatalogConnection, table: string): Promise<string[]> {
  const rows = await catalog.rows(
    `SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?`,
    [table],
  );
  return rows.map(({ name }) => catalogText(name));
}
