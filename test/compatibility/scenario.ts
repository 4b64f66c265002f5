/** Key of the fixtures' passwords. */
export const KEY = 'a-key-of-32-bytes-for-tests-only';

export const RUN_ID = 'written-earlier';

/** Tenants of the fixtures, by slug; their ids are in the files of the run. */
export const TENANTS = {
  acme: '00000000-0000-4000-8000-00000000000a',
  beta: '00000000-0000-4000-8000-00000000000b',
  gamma: '00000000-0000-4000-8000-00000000000c',
} as const;
export type Slug = keyof typeof TENANTS;

export const CREATE_USERS = '20250101090000_create_users';
export const ADD_ROLES = '20250115100000_add_roles';

/**
 * Acme takes both. Beta has a table `audit_log`, so that its second migration stops after three statements
 * that took effect. Gamma has no database, so that it is not reached.
 */
export const MIGRATIONS: Readonly<Record<string, string>> = {
  [`${CREATE_USERS}.js`]: `
    exports.up = async (knex) => {
      await knex.schema.createTable('users', (table) => {
        table.increments('id');
        table.string('name', 40);
      });
      await knex('users').insert({ name: 'the first' });
    };
    exports.down = (knex) => knex.schema.dropTable('users');`,
  [`${ADD_ROLES}.js`]: `
    exports.up = async (knex) => {
      await knex.schema.createTable('roles', (table) => {
        table.increments('id');
        table.string('name', 40);
      });
      const [admin] = await knex('roles').insert({ name: 'admin' });
      await knex.schema.alterTable('users', (table) => table.integer('role'));
      await knex.schema.createTable('audit_log', (table) => table.increments('id'));
      await knex('users').update({ role: admin });
    };
    exports.down = async (knex) => {
      await knex.schema.dropTable('audit_log');
      await knex.schema.alterTable('users', (table) => table.dropColumn('role'));
      await knex.schema.dropTable('roles');
    };`,
};

/** The table in Beta that its second migration collides with. */
export const BLOCKER = 'CREATE TABLE audit_log (note VARCHAR(40))';
