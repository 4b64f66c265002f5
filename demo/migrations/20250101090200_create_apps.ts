import type { Knex } from 'knex';

/** Workspaces of a tenant; a user who owns one cannot be deleted. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('apps', (table) => {
    table.bigIncrements('id');
    table.bigInteger('owner_id').unsigned().notNullable();
    table.string('slug', 63).notNullable();
    table.string('name', 100).notNullable();
    table.json('settings');
    table.timestamps({ defaultToNow: true });
    table.unique(['slug'], { indexName: 'apps_slug_unique' });
    table.foreign('owner_id', 'apps_owner_id_foreign').references('users.id').onDelete('RESTRICT');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('apps');
}
