import type { Knex } from 'knex';

/**
 * `provisioning` says what of a tenant Fanfold has made on its server and may therefore take away
 * again: a row without it was added by hand, or has been ACTIVE. `statusReason` says why a tenant
 * has its status, such as why it FAILED.
 *
 * One statement, so that it is there whole or not at all.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE tenants
      ADD COLUMN statusReason TEXT NULL AFTER status,
      ADD COLUMN provisioning VARCHAR(32) NULL AFTER statusReason
  `);
}

/**
 * Refuses while there are tenants, as the table's own migration does: in a batch with that one, the
 * columns would be gone and the table would stay, half taken back. An older version of Fanfold does
 * not mind the two columns.
 */
export async function down(knex: Knex): Promise<void> {
  const tenant = await knex('tenants').first('slug');
  if (tenant !== undefined) {
    throw new Error(
      'The table tenants holds tenants, and how far each was provisioned would be lost. Delete the rows first if that is what you want.',
    );
  }
  await knex.raw('ALTER TABLE tenants DROP COLUMN provisioning, DROP COLUMN statusReason');
}
