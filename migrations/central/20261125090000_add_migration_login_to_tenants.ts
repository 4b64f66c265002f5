import type { Knex } from 'knex';

/**
 * A user that may change the schema, apart from the application's, which then need not be able to.
 * Null where the application's user migrates as well.
 *
 * One statement, so that both columns are there or neither.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE tenants
      ADD COLUMN migrationUser VARCHAR(80) NULL AFTER dbPasswordNext,
      ADD COLUMN migrationPassword TEXT NULL AFTER migrationUser
  `);
}

/** Refuses while there are tenants, as the table's own migration does: these passwords exist nowhere else. */
export async function down(knex: Knex): Promise<void> {
  const tenant = await knex('tenants').first('slug');
  if (tenant !== undefined) {
    throw new Error(
      'The table tenants holds tenants, and the passwords of their migration users would be lost. Delete the rows first if that is what you want.',
    );
  }
  await knex.raw('ALTER TABLE tenants DROP COLUMN migrationPassword, DROP COLUMN migrationUser');
}
