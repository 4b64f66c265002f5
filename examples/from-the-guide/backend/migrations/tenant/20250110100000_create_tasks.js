exports.up = (knex) =>
  knex.schema.createTable('tasks', (table) => {
    table.bigIncrements('id');
    table.integer('app_id').unsigned().notNullable().references('id').inTable('apps');
    table.string('title').notNullable();
    table.boolean('done').notNullable().defaultTo(false);
    table.timestamps(true, true);
  });

exports.down = (knex) => knex.schema.dropTable('tasks');
