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

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE tenants DROP COLUMN provisioning, DROP COLUMN statusReason');
}
