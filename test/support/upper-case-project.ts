/**
 * A project of the kind that objection's `knexSnakeCaseMappers({ upperCase: true })` is used in: names in
 * camel case, tables in upper snake case, TypeScript, seeds that migrations run. `seedsFrom`: how a
 * migration names the folder of its seeds.
 */
export const UPPER_CASE_PROJECT: Readonly<Record<string, string>> = {
  'knexfile.ts': `
    import { join } from 'node:path';
    import type { Knex } from 'knex';
    import { knexSnakeCaseMappers } from 'objection';
    import { LOGIN } from './config/login';

    console.log('printed by the knexfile');
    const base: Knex.Config = {
      client: 'mysql2',
      pool: { min: 2, max: 10 },
      acquireConnectionTimeout: 10_000,
      migrations: {
        directory: join(__dirname, 'migrations/tenant'),
        tableName: 'their_migrations',
        loadExtensions: ['.ts'],
      },
      seeds: { directory: './seeds', loadExtensions: ['.ts'] },
      ...knexSnakeCaseMappers({ upperCase: true }),
    };
    const config: Record<string, Knex.Config> = {
      development: { ...base, connection: 'mysql://root:hunter2-url@localhost/dev' },
      production: { ...base, connection: { ...LOGIN, charset: 'utf8mb4', timezone: 'Z' } },
    };
    export default config;
  `,
  'config/login.ts': `export const LOGIN = { host: process.env.DB_HOST || 'db', user: 'root', password: process.env.DB_PASSWORD ?? 'hunter2-literal', database: 'x' };`,
  'migrations/tenant/20250101090000_create_items.ts': `
    import type { Knex } from 'knex';
    export const up = (knex: Knex) =>
      knex.schema
        .createTable('itemsCategories', (table) => {
          table.increments('id');
          table.string('categoryName').index();
          table.integer('parentCategoryId').unsigned().references('id').inTable('itemsCategories');
          table.timestamps();
        })
        .raw('ALTER TABLE \`ITEMS_CATEGORIES\` AUTO_INCREMENT = 1000');
    export const down = (knex: Knex) => knex.schema.dropTableIfExists('itemsCategories');`,
  'migrations/tenant/20250102090000_seed_items.ts': `
    import type { Knex } from 'knex';
    export async function up(knex: Knex) {
      await knex.seed.run({ specific: '01_categories.ts' });
      await knex.seed.run({ directory: './seeds/core' });
    }
    export const down = async () => {};`,
  'migrations/tenant/20250103090000_rename.ts': `
    import { join } from 'node:path';
    import type { Knex } from 'knex';
    export async function up(knex: Knex) {
      await knex.raw('ALTER TABLE ITEMS_CATEGORIES RENAME COLUMN CATEGORY_NAME TO DISPLAY_NAME');
      await knex.schema.alterTable('itemsCategories', (table) => {
        table.decimal('unitPrice', 13, 3).defaultTo(0).after('parentCategoryId');
      });
      const [first] = await knex('itemsCategories').select('displayName', 'unitPrice').orderBy('id');
      if (first.displayName !== 'Goods') throw new Error('not mapped: ' + JSON.stringify(first));
      const has = await knex.schema.hasColumn('itemsCategories', 'unitPrice');
      await knex('itemsCategories').insert({ displayName: 'has ' + has });
      await knex.seed.run({ directory: join(__dirname, '../../seeds/late') });
    }
    export const down = async () => {};
    export const config = { transaction: false };`,
  'migrations/tenant/notes.cjs': `throw new Error('loadExtensions leaves this out');`,
  'seeds/lib/rows.ts': `
    export enum Kind { Goods = 'Goods' }
    export const rows = [{ categoryName: Kind.Goods as string }];`,
  'seeds/01_categories.ts': `
    import type { Knex } from 'knex';
    import { rows } from './lib/rows';
    export async function seed(knex: Knex): Promise<void> {
      await knex('itemsCategories').insert(rows);
    }`,
  'seeds/core/02_services.ts': `
    import type { Knex } from 'knex';
    export const seed = async (knex: Knex) => {
      const { id } = await knex('itemsCategories').where('categoryName', 'Goods').first('id');
      await knex('itemsCategories').insert({ categoryName: 'Services', parentCategoryId: id });
    };`,
  'seeds/late/03_late.ts': `
    export async function seed(knex: any) {
      await knex('itemsCategories').insert({ displayName: 'late' });
    }`,
  'fanfold.config.ts': `
    import { defineConfig } from 'fanfold';
    export default defineConfig({
      knex: { file: './knexfile.ts', env: 'production' },
      request: { maxPerHost: 3 },
    });`,
};
