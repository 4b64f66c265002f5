import type { Knex } from 'knex';

/** A migration as a file of `migrations/tenant/` would export it. */
export interface TenantMigration {
  readonly id: string;
  up(knex: Knex): Promise<void>;
  down(knex: Knex): Promise<void>;
}

type Columns = (table: Knex.CreateTableBuilder) => void;

/** Knex compiles an index of a new table to an ALTER of its own: two DDL statements a migration. */
function createsTable(id: string, name: string, columns: Columns): TenantMigration {
  return {
    id,
    up: (knex) =>
      knex.schema.createTable(name, (table) => {
        table.increments('id');
        columns(table);
        table.timestamps(true, true);
      }),
    down: (knex) => knex.schema.dropTable(name),
  };
}

/** The five tables of a young tenant. */
export const FIVE_TABLES: readonly TenantMigration[] = [
  createsTable('20250101090000_create_users', 'users', (table) => {
    table.string('email', 190).notNullable().unique();
    table.string('name').notNullable();
  }),
  createsTable('20250101090100_create_projects', 'projects', (table) => {
    table.string('title').notNullable();
    table.integer('owner_id').unsigned().notNullable().index();
  }),
  createsTable('20250101090200_create_tasks', 'tasks', (table) => {
    table.integer('project_id').unsigned().notNullable();
    table.string('status', 32).notNullable();
    table.text('body');
    table.index(['project_id', 'status']);
  }),
  createsTable('20250101090300_create_comments', 'comments', (table) => {
    table.integer('task_id').unsigned().notNullable().index();
    table.text('body');
  }),
  createsTable('20250101090400_create_invoices', 'invoices', (table) => {
    table.decimal('amount', 12, 2).notNullable();
    table.date('due_on').notNullable().index();
  }),
];

/** The change that a release brings to a fleet in use: a column and its index, two statements again. */
export const ONE_MORE: TenantMigration = {
  id: '20250601090000_add_priority_to_tasks',
  up: (knex) =>
    knex.schema.alterTable('tasks', (table) => {
      table.integer('priority').notNullable().defaultTo(0).index();
    }),
  down: (knex) => knex.schema.alterTable('tasks', (table) => table.dropColumn('priority')),
};
