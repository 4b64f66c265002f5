import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadMigrationsFolder } from '../../../src/adapters/local/migrations-folder.ts';
import { sourceChecksum } from '../../../src/core/bundle/bundle.ts';
import type { FanfoldError } from '../../../src/core/errors.ts';
import { fixtureFolder } from '../../support/fixture-folder.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

const UP = 'exports.up = () => {};\n';

const knexFiles = createRequire(import.meta.url)(
  'knex/lib/migrations/migrate/sources/fs-migrations.js',
) as { FsMigrations: new (folder: string, sorted: boolean, extensions: string[]) => KnexListing };
interface KnexListing {
  getMigrations(): Promise<{ file: string }[]>;
}

async function idsOf(folder: string): Promise<string[]> {
  return (await loadMigrationsFolder(folder)).migrations.map(({ id }) => id);
}

describe('loadMigrationsFolder', () => {
  it('loadMigrationsFolder lists only the migrations, with their checksums', async () => {
    const folder = await fixtureFolder({
      '1_a.ts': UP,
      '2_b.js': UP,
      '3_c.mjs': UP,
      '4_d.cjs': UP,
      '5_e.mts': UP,
      '6_f.cts': UP,
      '7_types.d.ts': '',
      '7_types.d.mts': '',
      '8_map.js.map': '{}',
      '9_notes.md': '',
      '.hidden.js': UP,
      '.gitkeep': '',
      'helpers/10_in_subfolder.js': UP,
    });
    await mkdir(join(folder, '11_folder.js'));

    const { migrations } = await loadMigrationsFolder(folder);

    expect(migrations.map(({ id, extension }) => id + extension)).toEqual([
      '1_a.ts',
      '2_b.js',
      '3_c.mjs',
      '4_d.cjs',
      '5_e.mts',
      '6_f.cts',
    ]);
    for (const { checksum } of migrations) expect(checksum).toBe(sourceChecksum(UP));
  });

  it('loadMigrationsFolder lists migrations in the order of plain Knex', async () => {
    const names = [
      '2020_a_b.js',
      '2020_a.js',
      '2020_a-b.js',
      '2020_a.b.js',
      'Z.ts',
      'a.ts',
      '9.ts',
    ];
    const folder = await fixtureFolder(Object.fromEntries(names.map((name) => [name, UP])));
    const listing = new knexFiles.FsMigrations(folder, false, ['.js', '.ts']);
    const knexOrder = (await listing.getMigrations()).map(({ file }) => file);

    const { migrations } = await loadMigrationsFolder(folder);

    expect(migrations.map(({ id, extension }) => id + extension)).toEqual(knexOrder);
  });

  it('loadMigrationsFolder follows links, which Kubernetes uses to mount a ConfigMap', async () => {
    const folder = await fixtureFolder({ '..data/1_a.js': UP });
    await symlink(join('..data', '1_a.js'), join(folder, '1_a.js'));
    expect(await idsOf(folder)).toEqual(['1_a']);
  });

  it('loadMigrationsFolder reads a migrations folder relative to the working directory', async () => {
    const folder = await fixtureFolder({ '1_a.js': UP });
    expect(await idsOf(relative(process.cwd(), folder))).toEqual(['1_a']);
  });

  it('loadMigrationsFolder runs exactly the source that was checksummed', async () => {
    const folder = await fixtureFolder({ '1_a.js': "exports.up = () => 'old';" });
    const [migration] = (await loadMigrationsFolder(folder)).migrations;
    await writeFile(join(folder, '1_a.js'), "exports.up = () => 'new';");
    expect((await migration?.load())?.up(undefined)).toBe('old');
  });

  it('loadMigrationsFolder evaluates each migration file once, and not before it is loaded', async () => {
    const count = 'globalThis.evaluated = (globalThis.evaluated ?? 0) + 1;';
    const folder = await fixtureFolder({
      '1_a.js': `${count} ${UP}`,
      '2_b.ts': `${count.replaceAll('globalThis', '(globalThis as any)')} export const up = () => {};`,
    });
    const counted = globalThis as { evaluated?: number };
    counted.evaluated = 0;

    const { migrations } = await loadMigrationsFolder(folder);
    expect(counted.evaluated).toBe(0);
    const all = [...migrations, ...migrations];
    const modules = await Promise.all(all.map((migration) => migration.load()));

    expect(counted.evaluated).toBe(2);
    expect(modules[0]).toBe(modules[2]);
  });
});

describe('an unusable migrations folder', () => {
  it('the loader reports a migrations folder that does not exist', async () => {
    const folder = join(await fixtureFolder(), 'nowhere');
    expect(await rejectionOf(loadMigrationsFolder(folder))).toMatchObject({
      code: 'MigrationsFolderMissing',
      fault: 'configuration',
      message: `The migrations folder ${folder} does not exist.`,
      nextStep: expect.stringContaining('fanfold migrate:make'),
    });
  });

  it('the loader reports a migrations folder that is a file', async () => {
    const folder = join(await fixtureFolder({ '1_a.js': UP }), '1_a.js');
    expect(await rejectionOf(loadMigrationsFolder(folder))).toMatchObject({
      code: 'MigrationsFolderMissing',
      message: `The migrations folder ${folder} is not a folder.`,
    });
  });

  it('the loader reports a migrations folder without migrations', async () => {
    const folder = await fixtureFolder({ 'README.md': '', 'sub/1_a.js': UP });
    expect(await rejectionOf(loadMigrationsFolder(folder))).toMatchObject({
      code: 'MigrationsFolderEmpty',
      fault: 'configuration',
      message: expect.stringContaining(folder),
      nextStep: expect.stringContaining('fanfold migrate:make'),
    });
  });

  it('the loader reports a migration that exists with two extensions', async () => {
    const folder = await fixtureFolder({ '1_a.ts': UP, '1_a.js': UP, '2_b.js': UP });
    const error = (await rejectionOf(loadMigrationsFolder(folder))) as FanfoldError;
    expect(error).toMatchObject({ code: 'MigrationDuplicate', fault: 'configuration' });
    expect(error.message).toMatch(/1_a\.js and 1_a\.ts\.$/);
  });

  it('the loader reports two migrations with the same timestamp, unless that is allowed', async () => {
    const folder = await fixtureFolder({
      '20250101090000_create_users.ts': UP,
      '20250101090000_create_roles.js': UP,
      '20250101090001_create_apps.js': UP,
    });
    const error = (await rejectionOf(loadMigrationsFolder(folder))) as FanfoldError;
    expect(error).toMatchObject({ code: 'MigrationTimestampDuplicate', fault: 'configuration' });
    expect(error.message).toContain(
      '20250101090000_create_roles.js and 20250101090000_create_users.ts.',
    );
    expect(error.nextStep).toContain('--allow-duplicate-timestamps');

    const allowed = await loadMigrationsFolder(folder, { allowDuplicateTimestamps: true });
    expect(allowed.migrations).toHaveLength(3);
  });

  it('the loader accepts migrations with numbers or words instead of timestamps', async () => {
    const folder = await fixtureFolder({ '001_a.js': UP, '001_b.js': UP, 'init.js': UP });
    expect(await idsOf(folder)).toEqual(['001_a', '001_b', 'init']);
  });

  it('the loader reports a migration file that cannot be read', async () => {
    const folder = await fixtureFolder({ '1_a.js': UP });
    await symlink(join(folder, 'nowhere.js'), join(folder, '2_b.js'));
    expect(await rejectionOf(loadMigrationsFolder(folder))).toMatchObject({
      code: 'MigrationInvalid',
      fault: 'migration',
      message: `${join(folder, '2_b.js')} cannot be read (ENOENT).`,
    });
  });

  it.runIf(process.getuid?.() !== 0)(
    'the loader reports a migrations folder without read permission',
    async () => {
      const folder = await fixtureFolder({ '1_a.js': UP });
      await chmod(folder, 0o000);
      const error = await rejectionOf(loadMigrationsFolder(folder));
      await chmod(folder, 0o700);
      expect(error).toMatchObject({ code: 'MigrationsFolderUnreadable', fault: 'configuration' });
    },
  );
});
