import type { Knex } from 'knex';

/** Work to be done in an app. A task outlives the user that it is assigned to. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('tasks', (table) => {
    table.bigIncrements('id');
    table.bigInteger('app_id').unsigned().notNullable();
    table.bigInteger('assignee_id').unsigned();
    table.string('title', 200).notNullable();
    table.text('description');
    table.enum('status', ['open', 'doing', 'done']).notNullable().defaultTo('open');
    table.dateTime('due_at');
    table.timestamps({ defaultToNow: true });
    // The board of an app lists by status; the calendar of a user by due date.
    table.index(['app_id', 'status'], 'tasks_app_id_status_index');
    table.index(['assignee_id', 'due_at'], 'tasks_assignee_id_due_at_index');
    table.foreign('app_id', 'tasks_app_id_foreign').references('apps.id').onDelete('CASCADE');
    table
      .foreign('assignee_id', 'tasks_assignee_id_foreign')
      .references('users.id')
      .onDelete('SET NULL');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('tasks');
}
