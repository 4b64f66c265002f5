import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createDatabase } from '../support/database.ts';
import { realFleet, writeMigrations } from './support/real-fleet.ts';

// Every command line is a process of its own, and a small machine starts few of them a second.
vi.setConfig({ testTimeout: 240_000 });

const FIRST = {
  '20260101000000_create_orders.js': `
    export async function up(knex) {
      await knex.schema.createTable('orders', (table) => {
        table.increments('id');
        table.string('note', 100);
      });
    }
    export async function down(knex) {
      await knex.schema.dropTable('orders');
    }`,
};
const SECOND = {
  '20260102000000_add_total_to_orders.js': `
    export async function up(knex) {
      await knex.schema.alterTable('orders', (table) => table.integer('total'));
    }
    export async function down(knex) {
      await knex.schema.alterTable('orders', (table) => table.dropColumn('total'));
    }`,
};

test('a run that requires a rehearsal migrates rehearsed shapes, and ends before the first tenant if one was not', async () => {
  const fleet = await realFleet(['Acme', 'Beta', 'Gamma'], FIRST);
  const scratch = await createDatabase('gate_scratch');
  const run = (argv: string) => fleet.run(argv, { FANFOLD_SCRATCH_URL: scratch.url });
  await run('migrate:all-tenants');
  await run('fleet:shapes --export shapes.jsonl');
  await writeMigrations(fleet.folder, SECOND);
  const rehearsed = await run(
    'migrate:rehearse --shapes shapes.jsonl --evidence rehearsal.json --stops 1',
  );
  expect(rehearsed.exitCode).toBe(0);
  await writeFile(
    join(fleet.folder, 'fanfold.config.json'),
    JSON.stringify({ safety: { requireRehearsal: 'rehearsal.json' } }),
  );

  const [, , gamma] = fleet.tenants;
  await gamma?.query('ALTER TABLE orders ADD by_hand int');
  const refused = await run('migrate:all-tenants');
  expect(refused.exitCode).toBe(3);
  expect(refused.stderr.replaceAll(/\s+/g, ' ')).toMatch(
    /The shape [0-9a-f]{12} was not rehearsed\. 1 tenant: gamma\./,
  );
  for (const tenant of fleet.tenants) {
    expect(await tenant.query("SHOW COLUMNS FROM orders LIKE 'total'")).toEqual([]);
  }

  const passed = await run('migrate:tenant acme beta');
  expect(passed.exitCode).toBe(0);
  expect(await fleet.tenants[0]?.query("SHOW COLUMNS FROM orders LIKE 'total'")).toHaveLength(1);
  // Nothing is pending now, so that nothing has to be rehearsed.
  expect((await run('migrate:tenant acme')).exitCode).toBe(0);

  // There the deployment has the evidence.
  const onAws = await run('migrate:all-tenants --aws Fanfold --require-rehearsal rehearsal.json');
  expect(onAws.exitCode).toBe(2);
  expect(onAws.stderr.replaceAll(/\s+/g, ' ')).toContain('the evidence is part of the deployment');
  const evidence = await readFile(join(fleet.folder, 'rehearsal.json'), 'utf8');
  await writeFile(join(fleet.folder, 'rehearsal.json'), evidence.slice(0, -10));
  const truncated = await run('migrate:all-tenants');
  expect(truncated.stderr).toContain('rehearsal.json is not JSON, or is truncated.');
  expect(truncated.exitCode).toBe(3);
});

const UNIQUE = {
  '20260102000000_unique_notes.js': `
    export async function up(knex) {
      await knex.schema.alterTable('orders', (table) => table.integer('total'));
      await knex.schema.alterTable('orders', (table) => table.unique(['note'], { indexName: 'by_note' }));
    }
    export async function down(knex) {
      await knex.schema.alterTable('orders', (table) => table.dropUnique(['note'], 'by_note'));
      await knex.schema.alterTable('orders', (table) => table.dropColumn('total'));
    }`,
};

test('half-applied tenants resume by the evidence of their rehearsal, and one that somebody has changed is refused alone', async () => {
  const fleet = await realFleet(['Acme', 'Beta', 'Gamma'], FIRST);
  const [acme, beta] = fleet.tenants;
  const scratch = await createDatabase('gate_scratch');
  const run = (argv: string) => fleet.run(argv, { FANFOLD_SCRATCH_URL: scratch.url });
  await run('migrate:all-tenants');
  await run('fleet:shapes --export shapes.jsonl');
  await writeMigrations(fleet.folder, UNIQUE);
  await run('migrate:rehearse --shapes shapes.jsonl --evidence rehearsal.json --stops all');
  const gated = 'migrate:all-tenants --require-rehearsal rehearsal.json';
  // Rows that an empty database does not have stop the second statement.
  for (const tenant of [acme, beta]) {
    await tenant?.query("INSERT INTO orders (note) VALUES ('same'), ('same')");
  }
  expect((await run(gated)).exitCode).toBe(1);
  for (const tenant of [acme, beta]) await tenant?.query('DELETE FROM orders');
  await beta?.query('ALTER TABLE orders ADD by_hand int');

  const again = await run(gated);
  expect(again.exitCode).toBe(1);
  const words = `${again.stdout}${again.stderr}`.replaceAll(/\s+/g, ' ');
  expect(words).toContain('The half-applied migration 20260102000000_unique_notes at the shape');
  expect(await acme?.query("SHOW INDEX FROM orders WHERE Key_name = 'by_note'")).toHaveLength(1);
  expect(await beta?.query("SHOW INDEX FROM orders WHERE Key_name = 'by_note'")).toEqual([]);

  await beta?.query('ALTER TABLE orders DROP by_hand');
  expect((await run(gated)).exitCode).toBe(0);
});
