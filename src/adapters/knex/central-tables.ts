import type { Knex } from 'knex';
import {
  GUIDE_TENANTS,
  type TenantsMapping,
  type TenantsTable,
} from '../../core/central/tenants-mapping.ts';
import { tenantsTableMissing } from '../../core/central/tenants-table-missing.ts';
import { centralMigrationFailed } from './central-error.ts';
import { NEW_FLEET_MIGRATIONS } from './central-migration-source.ts';

/** The table in which Knex records the central database's migrations, separate from the product's history. */
export const HISTORY = 'fanfold_migrations';

/** All tables that the migrations can create; a table that references another comes before it. */
const CREATED_TABLES = [
  'fanfold_pool',
  'fanfold_tenants',
  'users',
  'tenants',
  `${HISTORY}_lock`,
  HISTORY,
];

/** Tables that do not belong to a product: Fanfold's own, and the histories of migrators. */
const BOOKKEEPING = /^(?:fanfold_.*|knex_migrations(?:_lock)?|_prisma_migrations)$/i;

/** Names of the tables and views of the central database. */
export async function readTables(central: Knex): Promise<string[]> {
  const [rows] = await central.raw(
    'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME',
  );
  return (rows as { name: string }[]).map(({ name }) => name);
}

/**
 * Whether Fanfold should create the tables of a new fleet: in an empty database, and in one in which it
 * created them before. Throws `TenantsTableMissing` if there are tables, but not the mapped one.
 */
export async function isNewFleet(
  central: Knex,
  database: string,
  tables: readonly string[],
  mapping: TenantsMapping = GUIDE_TENANTS,
): Promise<boolean> {
  if (tables.includes(HISTORY)) {
    const made = await central(HISTORY).whereIn('name', NEW_FLEET_MIGRATIONS).first('name');
    if (made !== undefined) return true;
  }
  if ('query' in mapping) return false;
  if (await isThere(central, mapping)) return false;
  const theirs = tables.filter((name) => !BOOKKEEPING.test(name));
  if (theirs.length === 0 && mapping.table === GUIDE_TENANTS.table) return true;
  throw tenantsTableMissing(database, mapping.table, { tables: theirs });
}

async function isThere(central: Knex, { table }: TenantsTable): Promise<boolean> {
  const dot = table.indexOf('.');
  const [schema, name] = dot < 0 ? ['', ''] : [table.slice(0, dot), table.slice(dot + 1)];
  const [rows] = await central.raw(
    `SELECT 1 FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? OR TABLE_SCHEMA = ? AND TABLE_NAME = ?`,
    [table, schema, name],
  );
  return (rows as unknown[]).length > 0;
}

/** Drops the tables that the migrations have created since `before`; stops at a fleet's table that has rows. */
export async function dropCreatedSince(central: Knex, before: readonly string[]): Promise<void> {
  const now = await readTables(central);
  for (const table of CREATED_TABLES) {
    if (before.includes(table) || !now.includes(table)) continue;
    const isOfFleet = table === 'users' || table === 'tenants';
    if (isOfFleet && (await central(table).first()) !== undefined) return;
    await central.schema.dropTable(table);
  }
}

/**
 * Refuses to roll back a batch that created tables of a fleet if they have rows. Each migration refuses by
 * itself too, but by then the migrations after it would already be rolled back.
 */
export async function refuseFullTables(central: Knex): Promise<void> {
  const batch = await central(HISTORY)
    .where('batch', central(HISTORY).max('batch'))
    .whereIn('name', NEW_FLEET_MIGRATIONS)
    .orderBy('id')
    .select<{ name: string }[]>('name');
  for (const { name } of batch) {
    const table = /_create_(\w+)\.ts$/.exec(name)?.[1] ?? '';
    if ((await central(table).first()) === undefined) continue;
    throw centralMigrationFailed(
      name.replace(/\.ts$/, ''),
      new Error(
        `The table ${table} has rows, which would be lost. Delete them first if that is what you want.`,
      ),
    );
  }
}

/** Drops Knex's own two tables if they record nothing. */
export async function dropEmptyHistory(central: Knex): Promise<void> {
  if ((await central(HISTORY).first()) !== undefined) return;
  await central.schema.dropTableIfExists(`${HISTORY}_lock`);
  await central.schema.dropTable(HISTORY);
}
