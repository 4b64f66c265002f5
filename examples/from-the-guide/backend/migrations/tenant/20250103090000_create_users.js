exports.up = (knex) =>
  knex.schema.createTable('users', (table) => {
    table.increments('id').primary();
    table.string('email').notNullable().unique();
    table.string('display_name');
    table.timestamps(true, true);
  });

exports.down = (knex) => knex.schema.dropTable('users');
