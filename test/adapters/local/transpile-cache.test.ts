import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadMigrationsFolder } from '../../../src/adapters/local/migrations-folder.ts';
import { createTranspileCache } from '../../../src/adapters/local/transpile-cache.ts';
import { checkMigrations } from '../../../src/core/bundle/check-migrations.ts';
import { fixtureFolder } from '../../support/fixture-folder.ts';

/** A project with a package folder, and the cache that belongs to it. */
async function project(): Promise<{ migrations: string; cacheFolder: string }> {
  const folder = await fixtureFolder({ 'node_modules/.keep': '', 'db/migrations/.keep': '' });
  return {
    migrations: join(folder, 'db', 'migrations'),
    cacheFolder: join(folder, 'node_modules', '.cache', 'fanfold'),
  };
}

describe('createTranspileCache', () => {
  it('createTranspileCache returns the text that was stored for the same slot and key', async () => {
    const { migrations, cacheFolder } = await project();
    const cache = createTranspileCache(migrations);
    expect(cache.get('slot', 'key')).toBeUndefined();

    cache.set('slot', 'key', 'text\nof two lines');

    expect(cache.get('slot', 'key')).toBe('text\nof two lines');
    expect(createTranspileCache(migrations).get('slot', 'key')).toBe('text\nof two lines');
    expect(cache.get('slot', 'another key')).toBeUndefined();
    expect(cache.get('another slot', 'key')).toBeUndefined();
    expect(await readdir(cacheFolder)).toHaveLength(1);
  });

  it('createTranspileCache keeps one text per slot, however often it changes', async () => {
    const { migrations, cacheFolder } = await project();
    const cache = createTranspileCache(migrations);
    for (let change = 0; change < 10; change += 1) cache.set('slot', `key ${change}`, 'text');
    expect(cache.get('slot', 'key 0')).toBeUndefined();
    expect(cache.get('slot', 'key 9')).toBe('text');
    expect(await readdir(cacheFolder)).toHaveLength(1);
  });

  it.each([
    ['cut off', (stored: string) => stored.slice(0, -1)],
    ['changed', (stored: string) => stored.replace('text', 'evil')],
    ['emptied', () => ''],
  ])('createTranspileCache ignores a cache file that was %s', async (_, damage) => {
    const { migrations, cacheFolder } = await project();
    const cache = createTranspileCache(migrations);
    cache.set('slot', 'key', 'text');
    const [name = ''] = await readdir(cacheFolder);
    const file = join(cacheFolder, name);
    await writeFile(file, damage(await readFile(file, 'utf8')));
    expect(cache.get('slot', 'key')).toBeUndefined();
  });

  it('createTranspileCache caches nothing, and does not fail, if it cannot write', async () => {
    const { migrations, cacheFolder } = await project();
    // A file in the way acts as a read-only disk, because root may write to a read-only folder.
    await writeFile(dirname(cacheFolder), '');
    const cache = createTranspileCache(migrations);
    cache.set('slot', 'key', 'text');
    expect(cache.get('slot', 'key')).toBeUndefined();
  });

  it.runIf(process.getuid?.() !== 0)(
    'createTranspileCache caches nothing in a read-only folder',
    async () => {
      const { migrations, cacheFolder } = await project();
      await mkdir(cacheFolder, { recursive: true });
      await chmod(cacheFolder, 0o500);
      const cache = createTranspileCache(migrations);
      cache.set('slot', 'key', 'text');
      await chmod(cacheFolder, 0o700);
      expect(await readdir(cacheFolder)).toEqual([]);
    },
  );

  it('createTranspileCache caches nothing without a node_modules folder', async () => {
    const folder = await fixtureFolder();
    const cache = createTranspileCache(folder);
    cache.set('slot', 'key', 'text');
    expect(cache.get('slot', 'key')).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('transpiling a migrations folder', () => {
  it('the loader transpiles a migration once, and again when its file changes', async () => {
    const { migrations, cacheFolder } = await project();
    const source = "import { word } from './lib/word'; export const up = (): string => word;";
    await mkdir(join(migrations, 'lib'));
    await writeFile(join(migrations, 'lib', 'word.ts'), "export const word: string = 'hi';");
    await writeFile(join(migrations, '1_a.ts'), source);
    await checkMigrations(await loadMigrationsFolder(migrations));
    expect(await readdir(cacheFolder)).toHaveLength(2);

    const [again] = (await loadMigrationsFolder(migrations)).migrations;
    expect((await again?.load())?.up(undefined)).toBe('hi');

    await writeFile(join(migrations, '1_a.ts'), source.replace('=> word', "=> word + '!'"));
    const [changed] = (await loadMigrationsFolder(migrations)).migrations;
    expect((await changed?.load())?.up(undefined)).toBe('hi!');
    expect(await readdir(cacheFolder)).toHaveLength(2);
  });

  it('a migration with a syntax error is not cached', async () => {
    const { migrations, cacheFolder } = await project();
    await writeFile(join(migrations, '1_a.ts'), 'export const up = ;');
    await expect(checkMigrations(await loadMigrationsFolder(migrations))).rejects.toThrow('syntax');
    await expect(readdir(cacheFolder)).rejects.toThrow('ENOENT');
  });
});
