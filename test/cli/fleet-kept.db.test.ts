import { expect, test, vi } from 'vitest';
import { realFleet, writeMigrations } from './support/real-fleet.ts';

// Every command line is a separate process, and a small machine starts few of them a second.
vi.setConfig({ testTimeout: 180_000 });

const MIGRATIONS = {
  '20260101000000_create_orders.js': `
    export async function up(knex) {
      await knex.schema.createTable('orders', (table) => {
        table.increments('id');
        table.integer('total');
      });
      await knex('orders').insert([{ total: 7 }, { total: 8 }]);
    }
    export async function down(knex) {
      await knex.schema.dropTable('orders');
    }`,
};
const DROP = `
  export async function up(knex) {
    await knex.schema.alterTable('orders', (table) => table.dropColumn('total'));
  }
  export async function down(knex) {
    await knex.schema.alterTable('orders', (table) => table.integer('total'));
  }`;

test('fleet:kept lists what a run has dropped, and drops it only if it is older', async () => {
  const fleet = await realFleet(['Acme', 'Beta'], MIGRATIONS);
  await fleet.run('migrate:all-tenants');
  await writeMigrations(fleet.folder, { '20260102000000_drop_total.js': DROP });
  expect((await fleet.run('migrate:all-tenants --safety-keep')).exitCode).toBe(0);

  const listed = await fleet.run('fleet:kept');
  expect(listed.exitCode).toBe(0);
  expect(listed.stdout).toMatch(
    /acme: orders\.total \(2 rows, [\d.]+ kB\), dropped by\s+20260102000000_drop_total/,
  );
  expect(listed.stdout).toMatch(/2 tables with kept values of 2 tenants/);

  const young = await fleet.run('fleet:kept --drop-older 1h --yes');
  expect(young.stdout).toContain('Nothing to drop.');
  const unasked = await fleet.run('fleet:kept --drop-older 0h');
  expect(unasked.stderr).toContain('--yes');
  const wrong = await fleet.run('fleet:kept --drop-older soon');
  expect(wrong.stderr).toContain('12h, 30d or 4w');
  const dropped = await fleet.run('fleet:kept beta --drop-older 0h --yes --json');
  expect(dropped.stdout).toContain('"isDropped":true');
  expect(dropped.stdout).toContain('"columns":["total"]');
  const left = await fleet.run('fleet:kept');
  expect(left.stdout).toMatch(/1 table with kept values of 1 tenant,/);
  const shapes = await fleet.run('fleet:shapes --check');
  expect([shapes.stdout, shapes.exitCode]).toEqual([expect.not.stringContaining('kept'), 0]);

  const { kept } = JSON.parse((await fleet.run('fleet:kept acme --json')).stdout.trim());
  const back = await fleet.run(`migrate:rollback-run ${kept[0].runId} --yes`);
  expect(back.exitCode).toBe(0);
  expect(back.stderr).toContain('Acme: orders.total has its 2 rows again.');
  const rows = await fleet.tenants[0]?.query('SELECT total FROM orders ORDER BY id');
  expect(rows).toEqual([{ total: 7 }, { total: 8 }]);
});
