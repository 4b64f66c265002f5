import type { Knex } from 'knex';

/**
 * Runs only for a new fleet; a product with its own table keeps that one.
 *
 * One statement in plain SQL creates the table completely or not at all: Knex's builder would send a CREATE
 * and an ALTER for each index, and MySQL commits each of them separately.
 *
 * Values are compared exactly (utf8mb4_bin) unless a column says otherwise: two slugs that differ in case or
 * accent are two tenants. Host names are compared without case.
 *
 * `status` is not an ENUM and has no CHECK, so a product may have additional statuses.
 * The index serves the keyset pages of one server's tenants, ids only, without touching the rows.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE tenants (
      id CHAR(36) NOT NULL DEFAULT (uuid()),
      slug VARCHAR(190) NOT NULL,
      name VARCHAR(255) NOT NULL,
      status VARCHAR(32) NOT NULL DEFAULT 'PROVISIONING',
      dbHost VARCHAR(255) COLLATE utf8mb4_unicode_ci NOT NULL,
      dbPort SMALLINT UNSIGNED NOT NULL DEFAULT 3306,
      dbName VARCHAR(64) NOT NULL,
      dbUser VARCHAR(80) NOT NULL,
      dbPassword TEXT NOT NULL,
      createdAt DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
      updatedAt DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
      PRIMARY KEY (id),
      UNIQUE KEY tenants_slug_key (slug),
      KEY tenants_status_dbHost_dbPort_id_idx (status, dbHost, dbPort, id)
    ) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  `);
}

/** Refuses to drop a table with tenants in it: their encrypted passwords exist nowhere else. */
export async function down(knex: Knex): Promise<void> {
  const tenant = await knex('tenants').first('slug');
  if (tenant !== undefined) {
    throw new Error(
      'The table tenants holds tenants, and their passwords would be lost with it. Delete the rows first if that is what you want.',
    );
  }
  await knex.schema.dropTable('tenants');
}
