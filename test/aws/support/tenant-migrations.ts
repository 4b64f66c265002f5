import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How the fleet's migrations can differ between two deployments. */
export interface MigrationsVariant {
  /** One more than usual, at the end: the next release. */
  readonly next?: boolean | undefined;
  /** Without the last of the usual ones: a release that was rolled back. */
  readonly older?: boolean | undefined;
  /** One more, which fails in every tenant. */
  readonly failing?: boolean | undefined;
}

/** Misbehavior of a tenant's database towards its migrator; read by the migration at run time. */
export interface Misbehavior {
  /** Wait so long or until the order is gone, end the process, use up its memory, or throw. */
  readonly how: 'wait' | 'die' | 'eat' | 'throw';
  /** How often; afterwards the migration goes well. */
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
  await obey(${JSON.stringify(orders)} + '/' + name);
  await knex.schema.alterTable('orders', (table) => table.integer('total'));
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('orders', (table) => table.dropColumn('total'));
}

async function obey(file: string): Promise<void> {
  if (!existsSync(file)) return;
  const order = JSON.parse(readFileSync(file, 'utf8'));
  if (order.times <= 0) return;
  // Before it happens: the process may not live on.
  writeFileSync(file, JSON.stringify({ ...order, times: order.times - 1 }));
  const end = Date.now() + (order.how === 'wait' ? order.ms : 0);
  while (Date.now() < end && existsSync(file)) await delay(50);
  if (order.how === 'die') process.kill(process.pid, 'SIGKILL');
  if (order.how === 'eat') eat();
  if (order.how === 'throw') throw new Error('This tenant was asked to fail.');
}

function eat(): void {
  const eaten: string[][] = [];
  for (;;) eaten.push(Array.from({ length: 100_000 }, () => Math.random().toString(36)));
}
`;
}
