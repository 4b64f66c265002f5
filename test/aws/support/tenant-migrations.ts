import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Differences between the fleet's migrations of two deployments. */
export interface MigrationsVariant {
  /** Adds one migration at the end: the next release. */
  readonly next?: boolean | undefined;
  /** Leaves out the last migration: a release that was rolled back. */
  readonly older?: boolean | undefined;
  /** Adds a migration that fails in every tenant. */
  readonly failing?: boolean | undefined;
}

/** A fault of a tenant's database, which the migration reads at run time. */
export interface Misbehavior {
  /**
   * Waits so long or until the order is removed, ends the process, uses up its memory, or throws; `break`
   * throws after the statement, so that the migration is half-applied; `send` sends `sql` as a part of the migration.
   */
  readonly how: 'wait' | 'die' | 'eat' | 'throw' | 'break' | 'send';
  readonly sql?: string | undefined;
  /** Number of times; afterwards the migration succeeds. */
  readonly times: number;
  readonly ms?: number | undefined;
}

export const FIRST_TABLE = 'customers';

/**
 * Writes the fleet's migrations for a deployment into a folder. The last usual one misbehaves in the
 * databases for which there is an order in the other folder: by file and not by table, because a
 * migrator that resumes replays what it read from the database.
 */
export async function writeTenantMigrations(
  folder: string,
  orders: string,
  variant: MigrationsVariant = {},
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const files = {
    '20260101000000_create_customers.ts': createTable(FIRST_TABLE),
    '20260102000000_create_orders.ts': createTable('orders'),
    ...(variant.older ? {} : { '20260103000000_misbehave_where_asked.ts': misbehave(orders) }),
    ...(variant.next ? { '20260104000000_create_invoices.ts': createTable('invoices') } : {}),
    ...(variant.failing ? { '20260105000000_break_everything.ts': failing } : {}),
  };
  for (const [name, source] of Object.entries(files)) await writeFile(join(folder, name), source);
}

function createTable(name: string): string {
  return `
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('${name}', (table) => {
    table.increments('id');
    table.string('email').notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('${name}');
}
`;
}

const failing = `
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE no_such_table ADD COLUMN a INT');
}

export async function down(): Promise<void> {}
`;

function misbehave(orders: string): string {
  return `
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  const [[{ name }]] = await knex.raw('SELECT DATABASE() AS name');
  await obey(knex, ${JSON.stringify(orders)} + '/' + name);
  await knex.schema.alterTable('orders', (table) => table.integer('total'));
  await obey(knex, ${JSON.stringify(orders)} + '/' + name, true);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('orders', (table) => table.dropColumn('total'));
}

async function obey(knex: Knex, file: string, after = false): Promise<void> {
  if (!existsSync(file)) return;
  const order = JSON.parse(readFileSync(file, 'utf8'));
  if (order.times <= 0 || (order.how === 'break') !== after) return;
  // Written first, since the process may not survive.
  writeFileSync(file, JSON.stringify({ ...order, times: order.times - 1 }));
  const end = Date.now() + (order.how === 'wait' ? order.ms : 0);
  while (Date.now() < end && existsSync(file)) await delay(50);
  if (order.how === 'send') await knex.raw(order.sql);
  if (order.how === 'die') process.kill(process.pid, 'SIGKILL');
  if (order.how === 'eat') eat();
  if (order.how === 'throw' || after) throw new Error('This tenant was asked to fail.');
}

function eat(): void {
  const eaten: string[][] = [];
  for (;;) eaten.push(Array.from({ length: 100_000 }, () => Math.random().toString(36)));
}
`;
}
