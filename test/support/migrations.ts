import type { Knex } from 'knex';
import type { Backfill } from '../../src/core/backfill/backfill.ts';
import {
  type Bundle,
  createBundle,
  type Migration,
  sourceChecksum,
} from '../../src/core/bundle/bundle.ts';
import type { MigrationSafety } from '../../src/core/safety/guard/guard-settings.ts';

/** A migration made of functions; its checksum follows from its id unless another source is given. */
export function migration(
  id: string,
  up: (knex: Knex) => unknown,
  options: {
    transaction?: boolean;
    source?: string;
    down?: (knex: Knex) => unknown;
    safety?: MigrationSafety;
    backfill?: Backfill;
    requires?: readonly string[];
  } = {},
): Migration {
  // Plain Knex runs nothing that has no way back.
  const { transaction, source = id, down = () => Promise.resolve(), safety, backfill } = options;
  return {
    id,
    extension: '.js',
    checksum: sourceChecksum(source),
    load: async () => ({
      up,
      down,
      config: transaction === undefined ? undefined : { transaction },
      ...(safety !== undefined && { safety }),
      ...(backfill !== undefined && { backfill }),
      ...(options.requires !== undefined && { requires: options.requires }),
    }),
  };
}

/** A backfill as a migration; plain Knex would change all rows at once. */
export function backfill(
  id: string,
  does: Backfill,
  options: Omit<NonNullable<Parameters<typeof migration>[2]>, 'backfill'> = {},
): Migration {
  return migration(id, () => {}, { ...options, backfill: does });
}

/** A bundle of the given migrations. */
export function bundle(...migrations: Migration[]): Bundle {
  return createBundle(migrations);
}

/** Three small migrations that belong together: a table, a table that refers to it, a column. */
export const SHOP: readonly Migration[] = [
  migration('20260101000000_create_customers', (knex) =>
    knex.schema.createTable('customers', (table) => {
      table.increments('id');
      table.string('email').notNullable().unique();
    }),
  ),
  migration('20260102000000_create_orders', (knex) =>
    knex.schema.createTable('orders', (table) => {
      table.increments('id');
      table.integer('customer_id').unsigned().references('customers.id').index();
    }),
  ),
  migration('20260103000000_add_total_to_orders', (knex) =>
    knex.schema.alterTable('orders', (table) => {
      table.decimal('total', 10, 2).notNullable().defaultTo(0);
    }),
  ),
];
