import type { Knex } from 'knex';

/** Columns of `tenants` in which earlier versions of Fanfold stored this data. */
const EARLIER = [
  'schemaVersion',
  'lastMigratedAt',
  'lastRunId',
  'statusReason',
  'provisioning',
  'dbPasswordNext',
  'migrationUser',
  'migrationPassword',
];

/** The columns that the first of these versions had, which identify such a table. */
const FIRST = ['schemaVersion', 'lastMigratedAt', 'lastRunId', 'dbPasswordNext'];

/**
 * Creates Fanfold's data about tenants, beside the product's own table. Ids are compared exactly.
 *
 * Data that an earlier version stored in `tenants` is copied once. The old columns stay but are no longer used, so
 * nothing is lost if somebody returns to that version at once.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE fanfold_tenants (
      tenantId VARCHAR(190) NOT NULL,
      schemaVersion VARCHAR(64) NULL,
      lastMigratedAt DATETIME(3) NULL,
      lastRunId VARCHAR(128) NULL,
      statusReason TEXT NULL,
      provisioning VARCHAR(32) NULL,
      provisioningOf CHAR(64) NULL,
      dbPasswordNext TEXT NULL,
      migrationUser VARCHAR(80) NULL,
      migrationPassword TEXT NULL,
      PRIMARY KEY (tenantId)
    ) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  `);
  const [rows] = await knex.raw(`
    SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS
    WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'tenants'
  `);
  const names = (rows as { name: string }[]).map(({ name }) => name);
  if (!FIRST.every((name) => names.includes(name))) return;
  const kept = EARLIER.filter((name) => names.includes(name));
  const mark = names.includes('provisioning')
    ? 'IF(provisioning IS NULL, NULL, SHA2(dbPassword, 256))'
    : 'NULL';
  await knex.raw(`
    INSERT INTO fanfold_tenants (tenantId, ${kept.join(', ')}, provisioningOf)
    SELECT id, ${kept.join(', ')}, ${mark} FROM tenants
    WHERE ${kept.map((name) => `${name} IS NOT NULL`).join(' OR ')}
  `);
}

/** Refuses to drop the table while it has data that exists nowhere else. Reached versions can be read again. */
export async function down(knex: Knex): Promise<void> {
  const row = await knex('fanfold_tenants')
    .whereNotNull('provisioning')
    .orWhereNotNull('dbPasswordNext')
    .orWhereNotNull('migrationUser')
    .orWhereNotNull('migrationPassword')
    .first('tenantId');
  if (row !== undefined) {
    throw new Error(
      `The table fanfold_tenants holds how far the tenant ${row.tenantId} was provisioned, a password of a rotation, or the login that migrates it, and these would be lost. Finish that, or delete the rows first if that is what you want.`,
    );
  }
  await knex.schema.dropTable('fanfold_tenants');
}
