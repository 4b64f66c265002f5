import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Differences between the fleet's migrations of two deployments. */
export interface MigrationsVariant {
  /** Adds one migration at the end: the next release. */
  readonly next?: boolean | undefined;
  /** Leaves out the last migration: a release that was rolled back. */
  readonly older?: boolean | undefined;
  /** Adds a table with rows, a backfill that counts them, and a migration that requires it. */
  readonly backfill?: boolean | undefined;
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
    ...(variant.backfill ? backfillFiles(orders) : {}),
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

/** Rows of the table of a backfill, and those of each of its batches. */
export const BACKFILL = { rows: 1_200, batch: 40, batchMs: 60 } as const;

function backfillFiles(orders: string): Record<string, string> {
  const { rows, batch, batchMs } = BACKFILL;
  const id = '20260106000000_count_rows';
  return {
    '20260105500000_create_counted.ts': `
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('counted', (table) => {
    table.increments('id');
    table.integer('times').notNullable().defaultTo(0);
  });
  await knex('counted').insert(Array.from({ length: ${rows} }, () => ({ times: 0 })));
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('counted');
}
`,
    [`${id}.ts`]: `
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Knex } from 'knex';

export const backfill = {
  table: 'counted',
  batch: ${batch},
  rows: async (knex: Knex, ids: number[]) => {
    await knex('counted').whereIn('id', ids).increment('times', 1);
    await delay(${batchMs});
    const [[{ name }]] = await knex.raw('SELECT DATABASE() AS name');
    const file = ${JSON.stringify(orders)} + '/' + name;
    if (ids[0] < ${rows / 2} || !existsSync(file)) return;
    const order = JSON.parse(readFileSync(file, 'utf8'));
    if (order.times <= 0) return;
    writeFileSync(file, JSON.stringify({ ...order, times: order.times - 1 }));
    process.kill(process.pid, 'SIGKILL');
  },
};

export async function up(): Promise<void> {}
export async function down(): Promise<void> {}
`,
    '20260107000000_use_counted.ts': `
import type { Knex } from 'knex';

export const requires = ['${id}'];

export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('counted', (table) => table.boolean('used'));
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('counted', (table) => table.dropColumn('used'));
}
`,
  };
}

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
