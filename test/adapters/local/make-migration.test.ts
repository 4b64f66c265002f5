import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeMigration } from '../../../src/adapters/local/make-migration.ts';
import { loadMigrationsFolder } from '../../../src/adapters/local/migrations-folder.ts';
import { checkMigrations } from '../../../src/core/bundle/check-migrations.ts';
import { fixtureFolder } from '../../support/fixture-folder.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

const now = new Date('2026-11-23T05:06:07.890Z');

describe('makeMigration', () => {
  it('makeMigration writes a migration file with the name and the time in UTC, and creates the folder', async () => {
    const directory = join(await fixtureFolder(), 'migrations', 'tenant');
    const path = await makeMigration({ directory, name: 'create_users', language: 'ts', now });
    expect(path).toBe(join(directory, '20261123050607_create_users.ts'));
  });

  it('makeMigration gives a new migration a later timestamp than every existing one, also in the same second', async () => {
    const directory = await fixtureFolder({
      '20261124000000_seed_roles.js': '',
      '001_init.js': '',
    });
    const make = (name: string) => makeMigration({ directory, name, language: 'ts', now });
    const paths = [
      await make('create_users'),
      await make('create_apps'),
      await make('create_tasks'),
    ];
    expect(paths.map((path) => basename(path))).toEqual([
      '20261124000001_create_users.ts',
      '20261124000002_create_apps.ts',
      '20261124000003_create_tasks.ts',
    ]);
  });

  it.each([
    '20250101000000_create_users.js',
    '20250101000000_create_users.mts',
    '001_create_users.ts',
    '20250101000000_Create_Users.ts',
  ])('makeMigration refuses the name of the existing migration %s', async (taken) => {
    const directory = await fixtureFolder({ [taken]: '' });
    const error = await rejectionOf(
      makeMigration({ directory, name: 'create_users', language: 'ts', now }),
    );
    expect(error).toMatchObject({
      code: 'MigrationExists',
      fault: 'usage',
      message: `A migration named create_users already exists: ${join(directory, taken)}.`,
    });
    expect(await readdir(directory)).toEqual([taken]);
  });

  it('makeMigration refuses an invalid name before it accesses the disk', async () => {
    const directory = join(await fixtureFolder(), 'migrations');
    const error = await rejectionOf(
      makeMigration({ directory, name: '../users', language: 'ts', now }),
    );
    expect(error).toMatchObject({ code: 'MigrationNameInvalid' });
    await expect(readdir(directory)).rejects.toThrow('ENOENT');
  });

  it('makeMigration names the folder that cannot be written', async () => {
    const directory = join(await fixtureFolder({ 'in-the-way': '' }), 'in-the-way', 'tenant');
    const error = await rejectionOf(
      makeMigration({ directory, name: 'create_users', language: 'ts', now }),
    );
    expect(error).toMatchObject({
      code: 'MigrationsFolderUnwritable',
      fault: 'configuration',
      message: `No migration can be written to ${directory} (ENOTDIR).`,
    });
  });

  it.runIf(process.getuid?.() !== 0)(
    'makeMigration reports a read-only migrations folder',
    async () => {
      const directory = await fixtureFolder();
      await chmod(directory, 0o500);
      const error = await rejectionOf(
        makeMigration({ directory, name: 'create_users', language: 'ts', now }),
      );
      expect(error).toMatchObject({ code: 'MigrationsFolderUnwritable' });
    },
  );

  it.each([
    ['ts', 'module', /^export async function up\(knex: Knex\): Promise<void> \{$/m],
    ['js', 'module', /^export async function up\(knex\) \{$/m],
    ['js', 'commonjs', /^exports\.up = async function up\(knex\) \{$/m],
    ['js', '{ not json', /^exports\.up = /m],
  ] as const)(
    'makeMigration writes %s for a package of type %s',
    async (language, type, expected) => {
      const folder = await fixtureFolder({
        'package.json': type.startsWith('{') ? type : JSON.stringify({ type }),
      });
      const directory = join(folder, 'db', 'migrations');
      const path = await makeMigration({ directory, name: 'create_users', language, now });
      const source = await readFile(path, 'utf8');
      expect(source).toMatch(expected);
      expect(source).toContain('migrate:plan --check-data');
      expect(source).toContain('migrate:make <name> --backfill');
    },
  );

  it.each([
    [{ '1_a.ts': '', '2_b.js': 'exports.up = 1' }, '.js', /^exports\.up/m],
    [{ '1_a.js': 'exports.up = 1', '2_b.ts': '' }, '.ts', /^import type/m],
    [{ '1_a.cjs': '' }, '.cjs', /^exports\.up/m],
    [{ '1_a.mjs': '' }, '.mjs', /^export async function up\(knex\)/m],
    [{ '1_a.mts': '' }, '.mts', /^import type/m],
    [{ '1_a.cts': '' }, '.cts', /^import type/m],
    [{ '1_a.js': '// x\nexport const up = 1;', 'package.json': '{}' }, '.js', /^export async/m],
    [{ '1_a.js': 'module.exports = {};', 'package.json': '{"type":"module"}' }, '.js', /^exports/m],
    [{ '1_a.js': '', 'package.json': '{"type":"module"}' }, '.js', /^export async/m],
    [{ 'package.json': '{}' }, '.js', /^exports\.up/m],
    [{ 'package.json': '{"type":"module"}' }, '.js', /^export async function up\(knex\)/m],
    [{ 'package.json': '{"devDependencies":{"typescript":"5.9.3"}}' }, '.ts', /^import type/m],
    [{ 'package.json': '{}', 'tsconfig.json': '{}' }, '.ts', /^import type/m],
    [{}, '.ts', /^import type/m],
  ] as const)(
    'makeMigration follows the existing files or the project: %j',
    async (files, extension, expected) => {
      const directory = await fixtureFolder(files);
      const path = await makeMigration({ directory, name: 'create_users', now });
      expect(basename(path)).toBe(`20261123050607_create_users${extension}`);
      expect(await readFile(path, 'utf8')).toMatch(expected);
    },
  );

  it('makeMigration follows existing files of the requested language', async () => {
    const directory = await fixtureFolder({ '1_a.cjs': '', '2_b.ts': '' });
    const path = await makeMigration({ directory, name: 'create_users', language: 'js', now });
    expect(basename(path)).toBe('20261123050607_create_users.cjs');
  });

  it.each([
    ['create_users', "createTable('users'", "dropTableIfExists('users')"],
    ['create_users_table', "createTable('users'", "dropTableIfExists('users')"],
    ['create_user_roles', "createTable('user_roles'", "dropTableIfExists('user_roles')"],
    ['add_priority_to_tasks', "table.string('priority')", "table.dropColumn('priority')"],
    ['add_link_to_page_to_posts', "alterTable('posts'", "table.dropColumn('link_to_page')"],
    ['add_api_key_to_users_table', "alterTable('users'", "table.dropColumn('api_key')"],
    ['remove_priority_from_tasks', "table.dropColumn('priority')", "table.string('priority')"],
    ['drop_priority_from_tasks', "table.dropColumn('priority')", "table.string('priority')"],
    [
      'create_index_on_tasks',
      'Replace this with the change',
      'Replace this with the reverse of the change',
    ],
    [
      'add_email_index_to_users',
      'Replace this with the change',
      'Replace this with the reverse of the change',
    ],
    [
      'add_columns_to_users',
      'Replace this with the change',
      'Replace this with the reverse of the change',
    ],
    [
      'backfill_roles',
      'Replace this with the change',
      'Replace this with the reverse of the change',
    ],
    [
      `create_${'x'.repeat(65)}`,
      'Replace this with the change',
      'Replace this with the reverse of the change',
    ],
  ])('makeMigration starts %s with a body that fits the name', async (name, inUp, inDown) => {
    const directory = await fixtureFolder();
    const path = await makeMigration({ directory, name, language: 'ts', now });
    const [up, down] = (await readFile(path, 'utf8')).split('export async function down');
    expect(up).toContain(inUp);
    expect(down).toContain(inDown);
  });

  it.each(['module', 'commonjs'])(
    'makeMigration writes js for a package of type %s that plain Knex loads',
    async (type) => {
      const directory = await fixtureFolder({ 'package.json': JSON.stringify({ type }) });
      const path = await makeMigration({ directory, name: 'create_users', language: 'js', now });
      const { FsMigrations } = createRequire(import.meta.url)(
        'knex/lib/migrations/migrate/sources/fs-migrations.js',
      );
      const loaded = await new FsMigrations(directory).getMigration({
        directory,
        file: basename(path),
      });
      expect(loaded.up).toBeTypeOf('function');
      expect(loaded.down).toBeTypeOf('function');
    },
  );

  it('makeMigration writes a migration that the loader can read', async () => {
    for (const type of ['module', 'commonjs']) {
      const directory = await fixtureFolder({ 'package.json': JSON.stringify({ type }) });
      const names = ['create_users', 'add_priority_to_tasks', 'backfill_roles'];
      for (const name of names) {
        await makeMigration({ directory, name: `${name}_first`, language: 'ts', now });
        await makeMigration({ directory, name: `${name}_second`, language: 'js', now });
      }
      await writeFile(join(directory, 'notes.md'), '');
      const bundle = await loadMigrationsFolder(directory);
      await checkMigrations(bundle);
      expect(bundle.migrations).toHaveLength(6);
      for (const migration of bundle.migrations) {
        expect((await migration.load()).down).toBeTypeOf('function');
      }
    }
  });
});
