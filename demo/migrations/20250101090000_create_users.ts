import type { Knex } from 'knex';

/** People who sign in to the tenant's account. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('users', (table) => {
    table.bigIncrements('id');
    table.string('email').notNullable();
    table.string('display_name', 100).notNullable();
    table.boolean('active').notNullable().defaultTo(true);
    table.timestamps({ defaultToNow: true });
    table.unique(['email'], { indexName: 'users_email_unique' });
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('users');
}
