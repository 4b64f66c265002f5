exports.up = (knex) =>
  knex.schema.alterTable('tasks', (table) => {
    table.integer('priority').notNullable().defaultTo(0).index();
  });

exports.down = (knex) =>
  knex.schema.alterTable('tasks', (table) => {
    table.dropColumn('priority');
  });
