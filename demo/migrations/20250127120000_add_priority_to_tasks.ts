import type { Knex } from 'knex';

/** Existing tasks get the middle priority, 0; higher numbers come first. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('tasks', (table) => {
    table.smallint('priority').notNullable().defaultTo(0);
    table.index(['app_id', 'priority'], 'tasks_app_id_priority_index');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('tasks', (table) => {
    table.dropIndex(['app_id', 'priority'], 'tasks_app_id_priority_index');
    table.dropColumn('priority');
  });
}
