import type { Knex } from 'knex';
import type { Migration } from '../../../src/core/bundle/bundle.ts';
import { migration } from '../../support/migrations.ts';

/** Rows of the table that is copied: a second or so in the full form. */
const COPIED_ROWS = Number(process.env.FANFOLD_CHAOS_ROWS ?? 2_000);

/**
 * Migrations of the kinds that real ones are made of: tables, indexes, foreign keys, guards, renames,
 * backfills inside and outside of a transaction, raw SQL with several statements, savepoints, an
 * insertId that is used later, and a change that copies a table. Ids that the server counts up are
 * not compared with a clean run's, so rows have keys of their own.
 */
export const CHAOS_MIGRATIONS: readonly Migration[] = [
  migration('20260101000000_create_customers', (knex) =>
    knex.schema.createTable('customers', (table) => {
      table.integer('id').unsigned().primary();
      table.string('email').notNullable().unique();
      table.string('note');
    }),
  ),
  migration('20260102000000_create_orders', async (knex) => {
    await knex.schema.createTable('orders', (table) => {
      table.integer('id').unsigned().primary();
      table.integer('customer_id').unsigned().references('customers.id');
      table.decimal('total', 10, 2).notNullable().defaultTo(0).index();
    });
    await knex.schema.alterTable('orders', (table) =>
      table.index(['customer_id', 'total'], 'by_customer'),
    );
  }),
  migration('20260103000000_seed_customers', async (knex) => {
    await knex('customers').insert([
      { id: 1, email: 'a@example.org', note: 'one' },
      { id: 2, email: 'b@example.org' },
    ]);
    await knex('customers').where({ id: 2 }).update({ note: 'two' });
  }),
  migration('20260104000000_add_status_to_orders', async (knex) => {
    await knex('orders').insert({ id: 10, customer_id: 1, total: 5 });
    if (!(await knex.schema.hasColumn('orders', 'status'))) {
      await knex.schema.alterTable('orders', (table) => table.string('status', 20));
    }
    await knex('orders').update({ status: 'new' });
    await knex.raw("ALTER TABLE orders MODIFY status VARCHAR(20) NOT NULL DEFAULT 'new'");
    await knex('orders').insert({ id: 11, customer_id: 2, total: 7 });
  }),
  migration('20260105000000_create_audit', async (knex) => {
    await knex.raw(
      `
      -- several; statements
      CREATE TABLE audit (id INT PRIMARY KEY, what VARCHAR(50));
      CREATE INDEX audit_what ON audit (what);
      INSERT INTO audit VALUES (1, 'a;b'), (2, ?);
      ALTER TABLE audit ADD COLUMN at DATETIME NULL, ADD CONSTRAINT audit_id_positive CHECK (id > 0)`,
      ["it's"],
    );
  }),
  migration('20260106000000_rename_things', async (knex) => {
    await knex.schema.alterTable('customers', (table) => table.renameColumn('note', 'remark'));
    await knex.schema.renameTable('audit', 'audit_log');
    if (await knex.schema.hasTable('audit')) throw new Error('audit is still there');
  }),
  migration(
    '20260107000000_backfill_in_steps',
    async (knex) => {
      await knex.schema.createTable('groups', (table) => {
        table.increments('id');
        table.string('name');
        table.integer('parent').unsigned();
      });
      const [parent] = await knex('groups').insert({ name: 'parent' });
      await knex('groups').insert({ name: 'child', parent });
      for (const id of [1, 2])
        await knex('customers')
          .where({ id })
          .update({ remark: `step ${id}` });
      await knex.transaction(async (trx) => {
        await trx('audit_log').insert({ id: 3, what: 'in a transaction' });
        await trx('audit_log').insert({ id: 4, what: 'of its own' });
      });
      await knex.schema.alterTable('groups', (table) => table.unique(['name']));
      await knex.raw(
        'CREATE TABLE copied (id INT PRIMARY KEY AUTO_INCREMENT, filler CHAR(100)) ENGINE=InnoDB',
      );
    },
    { transaction: false },
  ),
  migration('20260108000000_fill_copied', async (knex) => {
    const rows = Array.from({ length: COPIED_ROWS }, (_, i) => ({ id: i + 1, filler: `row ${i}` }));
    await knex.batchInsert('copied', rows, 500);
  }),
  migration('20260109000000_copy_table', (knex) =>
    knex.raw("ALTER TABLE copied ADD COLUMN more CHAR(100) NOT NULL DEFAULT 'x', ALGORITHM=COPY"),
  ),
  migration('20260110000000_take_away', async (knex) => {
    await knex.schema.alterTable('orders', (table) => {
      table.dropForeign('customer_id');
      table.dropIndex(['customer_id', 'total'], 'by_customer');
    });
    await knex.schema.createView('rich', (view) => {
      view.columns(['id']);
      view.as(knex('customers').select('id').where('id', '>', 1));
    });
    await knex.schema.createTable('scratch', (table) => table.integer('id'));
    await knex.schema.dropTable('scratch');
    await knex.schema.dropTableIfExists('never_there');
  }),
  migration('20260111000000_use_savepoints', async (knex) => {
    await knex('orders').insert({ id: 20, total: 1, status: 'outer' });
    await knex
      .transaction(async (inner) => {
        await inner('orders').insert({ id: 21, total: 1, status: 'inner' });
        throw new Error('only the inner one');
      })
      .catch(() => {});
    await knex('orders')
      .insert({ id: 10, total: 0, status: 'twice' })
      .catch(() => {});
    await knex.schema.alterTable('orders', (table) => table.integer('rank'));
    await knex('orders').where({ id: 20 }).update({ rank: 1 });
  }),
  migration('20260112000000_refer_again', async (knex: Knex) => {
    await knex.schema.alterTable('orders', (table) => {
      table.foreign('customer_id', 'orders_to_customers').references('customers.id');
      table.dropColumn('rank');
    });
  }),
];
