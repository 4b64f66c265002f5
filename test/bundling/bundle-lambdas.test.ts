import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleLambdas } from '../../lib/bundle-lambdas.ts';
import { loadMigrationsFolder } from '../../src/adapters/local/migrations-folder.ts';
import { LAMBDA_NAMES } from '../../src/core/wire/lambda-names.ts';
import { fixtureFolder } from '../support/fixture-folder.ts';
import { projectFolder } from '../support/project-folder.ts';
import { thrownBy } from '../support/thrown-by.ts';

const MARK = 'made_by_this_migration';
const FILES = {
  '20250101090000_create_tasks.ts': `
    import { columns } from './lib/columns.ts';
    enum Kind { Small = 'small' }
    export const up = (knex: any) => knex.schema.createTable('${MARK}', columns(Kind.Small));
    console.log('printed while it is loaded');`,
  'lib/columns.ts': 'export const columns = (kind: string) => (t: any) => t.string(kind);',
  '20250102090000_b.js': 'exports.up = (knex) => knex.raw("SELECT 2");',
  '20250103090000_c.mjs': 'export async function up(knex) { await knex.raw("SELECT 3"); }',
  '20250104090000_d.cjs': 'module.exports = { up: (knex) => knex.raw("SELECT 4") };',
};

const codeOf = (asset: string) => readFileSync(join(asset, 'index.mjs'), 'utf8');

describe('bundleLambdas', () => {
  // It starts a process and bundles all functions, on a machine that may be small and busy.
  const patient = { timeout: 120_000 };

  it(
    'bundleLambdas ships the snapshot of a project beside the function that provisions tenants, unless it is to be unused',
    patient,
    async () => {
      const files = { 'migrations/tenant/1_b.js': 'exports.up = (knex) => knex.raw("DO 1");' };
      for (const snapshot of ['auto', 'never']) {
        const project = await projectFolder({
          ...files,
          'fanfold.snapshot': 'of this project',
          'fanfold.config.json': JSON.stringify({ provisioning: { snapshot } }),
        });
        const { assets } = bundleLambdas({ project, outputFolder: await fixtureFolder() });
        const having = Object.entries(assets)
          .filter(([, asset]) => readdirSync(asset).includes('fanfold.snapshot'))
          .map(([name]) => name);
        expect(having).toEqual(snapshot === 'auto' ? ['provision-tenant'] : []);
      }
    },
  );

  it(
    'bundleLambdas makes one folder for each function, with the same bytes from the same sources',
    patient,
    async () => {
      const migrationsFolder = await fixtureFolder(FILES);
      const make = async () =>
        bundleLambdas({ migrationsFolder, outputFolder: await fixtureFolder() });
      const { assets, bundleHash, migrations } = await make();
      expect(Object.keys(assets).sort()).toEqual([...LAMBDA_NAMES].sort());
      expect(migrations).toBe(4);
      expect(bundleHash).toBe((await loadMigrationsFolder(migrationsFolder)).hash);

      const withCode = Object.values(assets).filter((asset) => codeOf(asset).includes(MARK));
      expect(withCode).toEqual([
        assets['migrate-tenant'],
        assets['provision-tenant'],
        assets.operate,
      ]);
      const withPrisma = Object.entries(assets).filter(([, asset]) =>
        readdirSync(asset).some((file) => file.endsWith('.wasm')),
      );
      expect(withPrisma.map(([name]) => name)).toEqual([
        'list-tenants',
        'watch-digests',
        'provision-tenant',
        'operate',
      ]);
      for (const asset of Object.values(assets)) {
        expect(readdirSync(asset)).toEqual(expect.arrayContaining(['index.mjs', 'index.mjs.map']));
        const { sources } = JSON.parse(readFileSync(join(asset, 'index.mjs.map'), 'utf8'));
        expect(sources.filter((source: string) => source.startsWith('/'))).toEqual([]);
      }

      const namesOf = (made: typeof assets) => Object.values(made).map((asset) => basename(asset));
      expect(namesOf((await make()).assets)).toEqual(namesOf(assets));
    },
  );

  it.each([
    [{}, 'MigrationsFolderEmpty', 'has no migration'],
    [{ 'notes.md': 'x' }, 'MigrationsFolderEmpty', 'has no migration'],
    [{ '20250101090000_a.ts': 'export const down = 1;' }, 'MigrationInvalid', 'exports no `up`'],
    [{ '20250101090000_a.ts': 'export const up = ;' }, 'MigrationInvalid', 'syntax error'],
    [
      { '20250101090000_a.ts': "import 'no-such-package'; export const up = () => {};" },
      'MigrationInvalid',
      'no-such-package',
    ],
    [
      {
        '20250101090000_a.cjs': "exports.up = () => require('./no-such-file.js');",
      },
      'BundlingFailed',
      './no-such-file.js',
    ],
    [
      { '20250101090000_a.ts': 'export const up = () => {};', '20250101090000_a.js': '' },
      'MigrationDuplicate',
      'two extensions',
    ],
  ])(
    'bundleLambdas refuses %j before anything is deployed',
    patient,
    async (files, name, message) => {
      const migrationsFolder = await fixtureFolder(files as Record<string, string>);
      const outputFolder = await fixtureFolder();
      expect(thrownBy(() => bundleLambdas({ migrationsFolder, outputFolder }))).toMatchObject({
        name,
        message: expect.stringContaining(message),
      });
    },
  );

  it('bundleLambdas refuses a folder that does not exist', patient, async () => {
    const migrationsFolder = join(await fixtureFolder(), 'nowhere');
    expect(thrownBy(() => bundleLambdas({ migrationsFolder }))).toMatchObject({
      name: 'MigrationsFolderMissing',
    });
  });
});
