import knex, { type Knex } from 'knex';
import { expect, onTestFinished, test } from 'vitest';
import { runTenantMigrations } from '../../../src/api/index.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { fixtureFolder } from '../../support/fixture-folder.ts';

/** Migrations in the syntax of each extension; Node strips the types of the first. */
const SOURCES: Readonly<Record<string, (table: string) => string>> = {
  '.ts': (table) => `import type { Knex } from 'knex';
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('${table}', (table) => table.increments('id'));
}
export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('${table}');
}`,
  '.mjs': (table) => `export async function up(knex) {
  await knex.schema.createTable('${table}', (table) => table.increments('id'));
}
export async function down(knex) {
  await knex.schema.dropTable('${table}');
}`,
  '.js': commonJs,
  '.cjs': commonJs,
};

function commonJs(table: string): string {
  return `exports.up = (knex) => knex.schema.createTable('${table}', (table) => table.increments('id'));
exports.down = (knex) => knex.schema.dropTable('${table}');`;
}

function plain(tenant: TestDatabase, directory: string, extension: string): Knex {
  const { host, port, user, password, database } = tenant;
  const instance = knex({
    client: 'mysql2',
    connection: { host, port, user, password, database },
    migrations: { directory, loadExtensions: [extension] },
  });
  onTestFinished(() => instance.destroy());
  return instance;
}

const EXTENSIONS = Object.keys(SOURCES);

async function folderOf(extension: string): Promise<string> {
  const source = SOURCES[extension] ?? commonJs;
  const files = ['a', 'b', 'c'].map((table, at) => [
    `${at + 1}_create_${table}${extension}`,
    source(table),
  ]);
  return fixtureFolder(Object.fromEntries(files));
}

test.each(EXTENSIONS)(
  'plain Knex continues in a folder of %s after Fanfold, and rolls back',
  async (extension) => {
    const directory = await folderOf(extension);
    const tenant = await createDatabase('beside');
    await runTenantMigrations(tenant, { migrations: directory, to: '2_create_b' });
    const { migrate } = plain(tenant, directory, extension);
    const [, ran] = await migrate.latest();
    expect(ran).toEqual([`3_create_c${extension}`]);
    const [, back] = await migrate.rollback(undefined, true);
    expect(back).toHaveLength(3);
    expect(await tenant.query("SHOW TABLES LIKE '_'")).toEqual([]);
  },
);

test.each(EXTENSIONS)(
  'Fanfold continues in a folder of %s after plain Knex, which can then continue',
  async (extension) => {
    const directory = await folderOf(extension);
    const tenant = await createDatabase('beside');
    const { migrate } = plain(tenant, directory, extension);
    await migrate.up();
    await runTenantMigrations(tenant, { migrations: directory });
    const names = ['a', 'b', 'c'].map((table, at) => `${at + 1}_create_${table}${extension}`);
    expect(await tenant.query('SELECT name FROM knex_migrations ORDER BY id')).toEqual(
      names.map((name) => ({ name })),
    );
    expect(await migrate.latest()).toEqual([2, []]);
    expect(await migrate.list()).toMatchObject([names.map((name) => ({ name })), []]);
  },
);
