exports.up = (knex) =>
  knex.schema.createTable('apps', (table) => {
    table.increments('id').primary();
    table.string('name').notNullable();
    table.integer('owner_id').unsigned().references('id').inTable('users').onDelete('CASCADE');
  });

exports.down = (knex) => knex.schema.dropTable('apps');
