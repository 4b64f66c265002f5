import type { Knex } from 'knex';

/** Roles that a user holds, one row a grant. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('roles', (table) => {
    table.bigIncrements('id');
    table.bigInteger('user_id').unsigned().notNullable();
    table.string('name', 50).notNullable();
    table.enum('granted_by', ['admin', 'backfill']).notNullable().defaultTo('admin');
    table.timestamps({ defaultToNow: true });
    table.unique(['user_id', 'name'], { indexName: 'roles_user_id_name_unique' });
    table.foreign('user_id', 'roles_user_id_foreign').references('users.id').onDelete('CASCADE');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('roles');
}
