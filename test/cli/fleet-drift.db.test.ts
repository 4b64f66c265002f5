import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createDatabase } from '../support/database.ts';
import { realFleet } from './support/real-fleet.ts';

// Every command line is a separate process, and a small machine starts few of them a second.
vi.setConfig({ testTimeout: 180_000 });

const MIGRATIONS = {
  '20260101000000_create_orders.js': `
    export async function up(knex) {
      await knex.schema.createTable('orders', (table) => {
        table.increments('id');
        table.string('note', 100);
        table.index(['note'], 'by_note');
      });
    }
    export async function down(knex) {
      await knex.schema.dropTable('orders');
    }`,
  '20260102000000_add_total_to_orders.js': `
    export async function up(knex) {
      await knex.schema.alterTable('orders', (table) => table.integer('total'));
      await knex.raw('CREATE VIEW totals AS SELECT id, total FROM orders');
    }
    export async function down(knex) {
      await knex.raw('DROP VIEW totals');
      await knex.schema.alterTable('orders', (table) => table.dropColumn('total'));
    }`,
};

/** Runs the command in a fleet whose scratch server is the server of the tests. */
async function driftingFleet() {
  const fleet = await realFleet(['Acme', 'Beta', 'Gamma', 'Delta'], MIGRATIONS);
  const scratch = await createDatabase('drift_scratch');
  await fleet.run('migrate:all-tenants');
  const run = (argv: string) => fleet.run(argv, { FANFOLD_SCRATCH_URL: scratch.url });
  return { ...fleet, run };
}

test('drift names tenants whose tables are not those of their recorded migrations, and its repair fixes only them', async () => {
  const { tenants, run, folder } = await driftingFleet();
  const clean = await run('fleet:drift --check');
  expect(clean.stdout).toContain('✅ As their migrations make them: 4\n');
  expect(clean.exitCode).toBe(0);

  const [acme, beta, gamma, delta] = tenants;
  await acme?.query('ALTER TABLE orders MODIFY note varchar(255) NOT NULL');
  await beta?.query('ALTER TABLE orders MODIFY note varchar(255) NOT NULL');
  await gamma?.query(
    "UPDATE knex_migrations SET name = '20990101000000_from_elsewhere.js' WHERE id = 2",
  );
  await delta?.query('DELETE FROM knex_migrations WHERE id = 2');
  const { stdout, exitCode } = await run('fleet:drift --check');
  expect(exitCode).toBe(1);
  expect(stdout).toContain(
    '✅ As their migrations make them: 0\n❌ Drift: 3 tenants, 3 differences\n',
  );
  expect(stdout).toContain(
    'Not compared, 1 tenant (gamma): They have migrations that the folder does not have: 20990101000000_from_elsewhere',
  );
  // The record says that delta has not got the second migration.
  expect(stdout).toMatch(/view totals\n +\(missing\) +│ CREATE ALGORITHM/);
  const [, id] = /^([0-9a-f]{8}): 2 tenants: acme, beta$/m.exec(stdout) ?? [];
  const written = await run(`fleet:drift --repair ${id}`);
  expect(written.exitCode).toBe(0);
  const files = await readdir(join(folder, 'migrations/tenant'));
  const file = files.find((name) => name.endsWith('_fix_column_orders_note.js')) ?? '';
  expect(await readFile(join(folder, 'migrations/tenant', file), 'utf8')).toContain(
    'await knex.raw("ALTER TABLE `orders` MODIFY COLUMN `note` varchar(100) COLLATE',
  );
  expect(await beta?.query("SHOW COLUMNS FROM orders LIKE 'note'")).toMatchObject([
    { Type: 'varchar(255)' },
  ]);

  await run('migrate:tenant acme beta');
  const after = await run('fleet:drift acme beta --check');
  expect(after.stdout).toContain('✅ As their migrations make them: 2\n');
  expect(after.exitCode).toBe(0);
});

test('a scratch server that is a tenant is refused before any tenant is read', async () => {
  const fleet = await realFleet(['Acme'], MIGRATIONS);
  const { stderr, exitCode } = await fleet.run('fleet:drift', {
    FANFOLD_SCRATCH_URL: fleet.tenants[0]?.url ?? '',
  });
  expect(stderr).toContain('has the name of the database of the tenant acme');
  expect(exitCode).toBe(3);
});
