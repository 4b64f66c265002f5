import type { Knex } from 'knex';

/**
 * Gives the role `member` to users who hold none, and `owner` to those who own an app. INSERT
 * IGNORE passes over grants that exist, so that it may run twice.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    INSERT IGNORE INTO roles (user_id, name, granted_by)
    SELECT DISTINCT owner_id, 'owner', 'backfill' FROM apps
  `);
  await knex.raw(`
    INSERT IGNORE INTO roles (user_id, name, granted_by)
    SELECT users.id, 'member', 'backfill'
    FROM users LEFT JOIN roles ON roles.user_id = users.id
    WHERE roles.id IS NULL
  `);
}

/** Grants that people have made since stay. */
export async function down(knex: Knex): Promise<void> {
  await knex('roles').where({ granted_by: 'backfill' }).delete();
}
