import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadMigrationsFolder } from '../../../src/adapters/local/migrations-folder.ts';
import { checkMigrations } from '../../../src/core/bundle/check-migrations.ts';
import type { FanfoldError } from '../../../src/core/errors.ts';
import { fixtureFolder } from '../../support/fixture-folder.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

/** The error for one migration file, with the folder cut from its message. */
async function errorFor(
  name: string,
  source: string,
  others: Record<string, string> = {},
): Promise<FanfoldError & { text: string }> {
  const folder = await fixtureFolder({ [name]: source, ...others });
  const bundle = await loadMigrationsFolder(folder);
  const error = (await rejectionOf(checkMigrations(bundle))) as FanfoldError;
  return Object.assign(error, { text: error.message.replaceAll(`${folder}/`, '') });
}

describe('an invalid migration', () => {
  it.each([
    ['empty', '1_a.ts', '', '1_a.ts is empty.'],
    ['blank', '1_a.js', ' \n\t\n', '1_a.js is empty.'],
    ['only a comment', '1_a.js', '// to do\n', '1_a.js exports no `up` function.'],
    ['without up', '1_a.ts', 'export const down = () => {};', '1_a.ts exports no `up` function.'],
    [
      'with an up that is no function',
      '1_a.js',
      "exports.up = 'create table users';",
      '1_a.js exports an `up` that is a string, not a function.',
    ],
    [
      'with a transaction that is no boolean',
      '1_a.js',
      "exports.up = () => {}; exports.config = { transaction: 'no' };",
      '1_a.js exports a `config.transaction` that is a string, not true or false.',
    ],
    [
      'with a syntax error in TypeScript',
      '1_a.ts',
      'export async function up(knex) {\n  const x = ;\n}\n',
      '1_a.ts has a syntax error at line 2, column 13: Unexpected token.',
    ],
    [
      'with a syntax error in JavaScript',
      '1_a.js',
      'exports.up = () => {\n',
      '1_a.js has a syntax error at line 2, column 1: Unexpected token.',
    ],
    [
      'that awaits where it cannot',
      '1_a.js',
      'exports.up = (knex) => {\n  await knex.raw("x");\n};',
      "1_a.js has a syntax error at line 2, column 3: Unexpected reserved word 'await'.",
    ],
    [
      'that throws when it is loaded',
      '1_a.ts',
      '\n\nthrow new TypeError("no such thing.");\nexport const up = () => {};',
      '1_a.ts throws when it is loaded, at line 3: TypeError: no such thing.',
    ],
    [
      'that throws when it is loaded, in CommonJS',
      '1_a.js',
      'exports.up = () => {};\nundefinedFunction();',
      '1_a.js throws when it is loaded, at line 2: ReferenceError: undefinedFunction is not defined.',
    ],
    [
      'that throws what is no Error',
      '1_a.js',
      'exports.up = () => {};\nthrow { some: "thing" };',
      "1_a.js throws when it is loaded: { some: 'thing' }, which is not an Error.",
    ],
    [
      'that throws null',
      '1_a.mjs',
      'throw null;\nexport const up = () => {};',
      '1_a.mjs throws when it is loaded: null, which is not an Error.',
    ],
    [
      'that rejects at the top',
      '1_a.mts',
      'await Promise.reject(new Error("later"));\nexport const up = () => {};',
      '1_a.mts throws when it is loaded, at line 1: Error: later.',
    ],
  ])('the loader rejects a migration file: %s', async (_, name, source, message) => {
    const error = await errorFor(name, source);
    expect(error).toMatchObject({ code: 'MigrationInvalid', fault: 'migration', retryable: false });
    expect(error.text).toBe(message);
    expect(error.nextStep).not.toBe('');
  });

  it.each([
    ['1_a.ts', "import { a } from './nothere'; export const up = () => a;", "'./nothere'"],
    ['1_a.js', "const a = require('./nothere'); exports.up = () => a;", "'./nothere'"],
    ['1_a.mjs', "import a from 'not-a-package'; export const up = () => a;", "'not-a-package'"],
    ['1_a.js', "const a = require('not-a-package'); exports.up = () => a;", "'not-a-package'"],
  ])(
    'the loader names a missing module that a migration imports: %s %s',
    async (name, source, missing) => {
      const error = await errorFor(name, source);
      expect(error.code).toBe('MigrationInvalid');
      expect(error.text).toContain(`${name} imports a module that does not exist: Cannot find`);
      expect(error.text).toContain(missing);
      expect(error.text).not.toContain('\n');
      expect(error.nextStep).toContain('install the package');
    },
  );

  it('the loader names the helper of a migration that has a syntax error', async () => {
    const source = "import { a } from './lib/helper.ts'; export const up = () => a;";
    const error = await errorFor('1_a.ts', source, { 'lib/helper.ts': 'export const a = = 1;' });
    expect(error.text).toBe(
      `1_a.ts imports ${join('lib', 'helper.ts')}, which has a syntax error at line 1, column 18: Unexpected token.`,
    );
  });

  it('the loader reports all invalid migrations together, without stacks', async () => {
    const error = await errorFor('1_a.ts', '', {
      '2_b.js': 'exports.up = () => {};',
      '3_c.js': 'throw new Error("boom\\n    at somewhere");',
      '4_d.ts': 'enum {',
    });
    expect(error.text).toBe(
      [
        '3 migrations are invalid:',
        '  - 1_a.ts is empty.',
        '  - 3_c.js throws when it is loaded, at line 1: Error: boom.',
        '  - 4_d.ts has a syntax error at line 1, column 6: Unexpected token.',
      ].join('\n'),
    );
    expect((error.cause as AggregateError).errors).toHaveLength(3);
  });

  it('an invalid migration is not evaluated again', async () => {
    const folder = await fixtureFolder({
      '1_a.js': 'globalThis.tries = (globalThis.tries ?? 0) + 1; throw 1;',
    });
    const [migration] = (await loadMigrationsFolder(folder)).migrations;
    const counted = globalThis as { tries?: number };
    counted.tries = 0;
    const first = await rejectionOf(Promise.resolve(migration?.load()));
    expect(await rejectionOf(Promise.resolve(migration?.load()))).toBe(first);
    expect(counted.tries).toBe(1);
  });
});
