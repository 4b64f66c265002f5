import type { Knex } from 'knex';
import type { TenantMigration } from '../tenant-migrations.ts';

/** The tables of a tenant that is forecast: rows of different widths. */
export const TABLES = [
  { name: 'orders', body: 60 },
  { name: 'comments', body: 400 },
] as const;

/** Creates the tables. */
export const CREATE: readonly TenantMigration[] = TABLES.map(({ name }, index) => ({
  id: `2025010109000${index}_create_${name}`,
  up: (knex: Knex) =>
    knex.schema.createTable(name, (table) => {
      table.increments('id');
      table.integer('owner_id').unsigned().notNullable();
      table.integer('amount').notNullable();
      table.string('status', 32).notNullable();
      table.string('body', 500).nullable();
      table.index(['owner_id']);
    }),
  down: (knex: Knex) => knex.schema.dropTable(name),
}));

/** One migration of each kind of work on a table, and one that does several things. */
function changesOf(table: string, day: string): TenantMigration[] {
  const statements: Readonly<Record<string, readonly string[]>> = {
    instant: [`ALTER TABLE ${table} ADD COLUMN note INT NULL`],
    index: [`ALTER TABLE ${table} ADD INDEX ${table}_amount (amount)`],
    rebuild: [`ALTER TABLE ${table} MODIFY body VARCHAR(500) NOT NULL`],
    copy: [`ALTER TABLE ${table} MODIFY amount BIGINT NOT NULL`],
    rows: [`UPDATE ${table} SET status = CONCAT(status, '!')`],
    several: [
      `ALTER TABLE ${table} ADD COLUMN more INT NULL`,
      `ALTER TABLE ${table} ADD INDEX ${table}_status (status, amount)`,
    ],
  };
  return Object.entries(statements).map(([kind, sent], index) => ({
    id: `${day}09000${index}_${kind}_${table}`,
    up: async (knex: Knex) => {
      for (const sql of sent) await knex.raw(sql);
    },
    down: async () => {},
  }));
}

/** Changes of the first table, which both fleets run. */
export const FIRST = changesOf('orders', '20250201');

/** Changes of the same kinds on another table. */
export const SECOND = changesOf('comments', '20250301');
