exports.up = async (knex) => {
  await knex.schema.createTable('roles', (table) => {
    table.increments('id').primary();
    table.string('name').notNullable().unique();
  });
  await knex('roles').insert([{ name: 'admin' }, { name: 'member' }]);
};

exports.down = (knex) => knex.schema.dropTable('roles');
