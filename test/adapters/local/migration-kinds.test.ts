import { mkdir, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadMigrationsFolder } from '../../../src/adapters/local/migrations-folder.ts';
import type { MigrationModule } from '../../../src/core/bundle/bundle.ts';
import { fixtureFolder } from '../../support/fixture-folder.ts';

/** Loads one migration file beside a package.json with the given `type`; `none` means no package.json. */
async function load(
  name: string,
  source: string,
  type = 'none',
  others: Record<string, string> = {},
): Promise<MigrationModule> {
  const folder = await fixtureFolder({
    [`migrations/${name}`]: source,
    ...others,
    ...(type === 'none' ? {} : { 'package.json': JSON.stringify({ type }) }),
  });
  await linkKnex(folder);
  const [migration] = (await loadMigrationsFolder(join(folder, 'migrations'))).migrations;
  if (migration === undefined) throw new Error('No migration was found.');
  return migration.load();
}

/** Links Knex into the folder, as a project installs it. */
async function linkKnex(folder: string): Promise<void> {
  const knex = dirname(createRequire(import.meta.url).resolve('knex/package.json'));
  await mkdir(join(folder, 'node_modules'));
  await symlink(knex, join(folder, 'node_modules', 'knex'));
}

describe.each(['module', 'commonjs', 'none'])('with a package.json of type %s', (type) => {
  it.each([
    ['exports in .js', '1_a.js', "exports.up = () => 'up'; exports.down = () => 'down';"],
    ['module.exports in .js', '1_a.js', "module.exports = { up: () => 'up', down: () => 'down' };"],
    ['CommonJS in .cjs', '1_a.cjs', "exports.up = () => 'up'; exports.down = () => 'down';"],
    ['ESM in .js', '1_a.js', "export const up = () => 'up'; export const down = () => 'down';"],
    ['ESM in .mjs', '1_a.mjs', "export const up = () => 'up'; export const down = () => 'down';"],
    ['a default export in .js', '1_a.js', "export default { up: () => 'up', down: () => 'down' };"],
    ['a default export in .ts', '1_a.ts', "export default { up: () => 'up', down: () => 'down' };"],
    [
      'ESM in .ts',
      '1_a.ts',
      "export const up = (): string => 'up'; export const down = () => 'down'",
    ],
    [
      'ESM in .mts',
      '1_a.mts',
      "export const up = () => 'up' as const; export function down() { return 'down' }",
    ],
    [
      'ESM in .cts',
      '1_a.cts',
      "export const up = (): string => 'up'; export const down = () => 'down'",
    ],
    ['exports in .ts', '1_a.ts', "exports.up = (): string => 'up'; exports.down = () => 'down';"],
    [
      'export = in .cts',
      '1_a.cts',
      "const both = { up: () => 'up', down: () => 'down' }; export = both;",
    ],
    [
      'output of a compiler in .js',
      '1_a.js',
      `"use strict";
       Object.defineProperty(exports, "__esModule", { value: true });
       exports.default = { up: () => 'up', down: () => 'down' };`,
    ],
    [
      'a byte order mark',
      '1_a.ts',
      "\uFEFFexport const up = () => 'up'; export const down = () => 'down'",
    ],
  ])('a project loads a migration with %s', async (_, name, source) => {
    const migration = await load(name, source, type);
    expect(migration.up(undefined)).toBe('up');
    expect(migration.down?.(undefined)).toBe('down');
  });

  it.each([
    ['1_a.ts', "import { word } from './lib/helper'; export const up = () => word();"],
    ['1_a.ts', "import { word } from './lib/helper.ts'; export const up = () => word();"],
    ['1_a.ts', "import { word } from './lib/helper.js'; export const up = () => word();"],
    ['1_a.js', "import { word } from './lib/helper.ts'; export const up = () => word();"],
    ['1_a.js', "const { word } = require('./lib/helper'); exports.up = () => word();"],
    ['1_a.cjs', "const { word } = require('./lib/helper.ts'); exports.up = () => word();"],
    ['1_a.js', "exports.up = () => require('./lib/helper').word();"],
    ['1_a.js', "exports.up = async () => (await import('./lib/plain.mjs')).word();"],
    [
      '1_a.mjs',
      "const { word } = await import('./lib/helper.ts'); export const up = () => word();",
    ],
    ['1_a.js', "exports.up = async () => require('./lib/common.cjs').word();"],
    ['1_a.ts', "import common from './lib/common.cjs'; export const up = () => common.word();"],
    [
      '1_a.ts',
      "import words from './lib/words.json' with { type: 'json' }; export const up = () => words.word;",
    ],
    ['1_a.js', "const words = require('./lib/words.json'); exports.up = () => words.word;"],
  ])('a project resolves helper files of a migration: %s %s', async (name, source) => {
    const migration = await load(name, source, type, {
      'migrations/lib/helper.ts':
        "enum Word { Hi = 'hi' }\nexport const word = (): string => Word.Hi;",
      'migrations/lib/plain.mjs': "export const word = () => 'hi';",
      'migrations/lib/common.cjs': "exports.word = () => 'hi';",
      'migrations/lib/words.json': '{ "word": "hi" }',
    });
    expect(await migration.up(undefined)).toBe('hi');
  });

  it.each([
    [
      '1_a.ts',
      "import knex, { type Knex } from 'knex'; export const up = (_: Knex) => typeof knex;",
    ],
    ['1_a.ts', "import { knex } from 'knex'; export const up = () => typeof knex;"],
    ['1_a.mjs', "import knex from 'knex'; export const up = () => typeof knex;"],
    ['1_a.js', "const knex = require('knex'); exports.up = () => typeof knex;"],
    ['1_a.cts', "import knex = require('knex'); export const up = () => typeof knex;"],
    ['1_a.js', "exports.up = async () => typeof (await import('knex')).default;"],
  ])("a project resolves the project's packages: %s %s", async (name, source) => {
    expect(await (await load(name, source, type)).up(undefined)).toBe('function');
  });
});

describe('TypeScript', () => {
  it('a TypeScript migration may use syntax that type stripping does not support', async () => {
    const migration = await load(
      '1_a.ts',
      `enum Status { Open = 'open' }
       namespace Names { export const table = 'tasks'; }
       class Step { constructor(private readonly text: string) {} get() { return this.text; } }
       export const config = { transaction: false };
       export const up = () => [Status.Open, Names.table, new Step('step').get()];`,
    );
    expect(migration.up(undefined)).toEqual(['open', 'tasks', 'step']);
    expect(migration.config).toEqual({ transaction: false });
  });

  it('a TypeScript migration may use top-level await and import.meta', async () => {
    const migration = await load(
      '1_a.ts',
      `import { readFile } from 'node:fs/promises';
       const here = await readFile(new URL(import.meta.url), 'utf8');
       export const up = () => [here.length > 0, import.meta.dirname, __dirname];`,
      'module',
    );
    const [read, dirnameOfMeta, directory] = migration.up(undefined) as unknown[];
    expect(read).toBe(true);
    expect(dirnameOfMeta).toBe(directory);
  });

  it('a TypeScript migration keeps its line numbers', async () => {
    const migration = await load(
      '1_a.ts',
      'type A = {\n  a: 1;\n};\n\nexport const up = () => {\n  throw new Error();\n};\n',
    );
    expect(() => migration.up(undefined)).toThrow(
      expect.objectContaining({ stack: expect.stringContaining('1_a.ts:6:') }),
    );
  });
});

describe('CommonJS', () => {
  it('a CommonJS migration runs in sloppy mode, as it does under plain Knex', async () => {
    const source = `exports.up = () => { for (undeclared = 0; undeclared < 3; undeclared++); return undeclared; };`;
    expect((await load('1_a.js', source)).up(undefined)).toBe(3);
  });

  it('a CommonJS migration has the variables of a Node module', async () => {
    const migration = await load(
      '1_a.js',
      `const same = this === module.exports;
       exports.up = () => [same, require.resolve('./1_a.js') === __filename, module.filename === __filename];`,
    );
    expect(migration.up(undefined)).toEqual([true, true, true]);
  });
});
