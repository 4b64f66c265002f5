import { describe, expect, it } from 'vitest';
import { effectiveConfig } from '../../../src/core/config/effective-config.ts';
import type { FanfoldConfig } from '../../../src/core/config/fanfold-config.ts';
import { FanfoldError } from '../../../src/core/errors.ts';
import { parseConfig } from '../../../src/core/wire/parse-config.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const FILE = 'fanfold.config.ts';

function refusalOf(config: unknown): string {
  const error = thrownBy(() => parseConfig(config, FILE));
  if (!(error instanceof FanfoldError)) throw error;
  expect(error).toMatchObject({ code: 'ConfigInvalid', fault: 'configuration' });
  expect(error.message.startsWith(`${FILE}: `)).toBe(true);
  return error.message;
}

describe('parseConfig', () => {
  it('parseConfig returns the object of the file, with instances as they are', () => {
    class Client {}
    const knex = { client: Client };
    const config = { $schema: 'x', migrations: { folder: './migrations' }, knex };
    const parsed = parseConfig(config, FILE);
    expect(parsed).toEqual({ migrations: { folder: './migrations' }, knex });
    expect(parsed.knex).toBe(knex);
  });

  it.each([
    [
      'a password among replicas, which is not repeated',
      { replicas: { hosts: { db1: ['r1'] }, user: 'lag', password: 'hush' } },
      '"replicas.password" is not a key of "replicas"',
    ],
    [
      'an address of a replica that is a URL',
      { replicas: { hosts: { db1: ['mysql://lag:hush@r1'] }, user: 'lag' } },
      '"replicas.hosts" is an object; it must be',
    ],
    ['replicas without a user', { replicas: { hosts: { db1: ['r1'] } } }, '"replicas.user" is'],
    ['a typing error', { migration: {} }, 'Did you mean "migrations"?'],
    ['a key in a section', { migrations: { foldr: 'x' } }, 'Did you mean "folder"?'],
    ['a key that resembles none', { migrations: { zzzzzzzz: 'x' } }, 'Its keys: '],
    ['a key whose settings are elsewhere', { rollout: {} }, 'are keys of "request"'],
    ['a key of one run', { request: { tenants: ['a'] } }, 'give it on the command line'],
    [
      'a wrong value',
      { request: { maxConcurrency: 'many' } },
      '"request.maxConcurrency" is "many"',
    ],
    ['a value that is too long', { request: { maxConcurrency: 'x'.repeat(500) } }, 'x…'],
    [
      'two tolerances at once',
      { request: { toleratedFailureCount: 1, toleratedFailurePercentage: 1 } },
      'exclude each other',
    ],
    [
      'two tolerances in an environment',
      {
        environments: {
          production: { request: { toleratedFailureCount: 1, toleratedFailurePercentage: 1 } },
        },
      },
      'environments.production.request',
    ],
    ['a knexfile with settings', { knex: { file: 'knexfile.js', client: 'mysql2' } }, '"file"'],
    ['a knexfile with a typing error', { knex: { file: 'knexfile.js', evn: 'x' } }, '"env"?'],
    [
      'a knexfile with a key that resembles none',
      { knex: { file: 'knexfile.js', zzzzzz: 'x' } },
      'beside which there is only "env".',
    ],
    [
      'a knexfile that is a number',
      { knex: { file: 7 } },
      '"knex.file" is 7; it must be the path of a knexfile, as a text.',
    ],
    [
      'an environment of a knexfile that is an object',
      { environments: { production: { knex: { file: 'knexfile.js', env: { user: 'x' } } } } },
      '"environments.production.knex.env" is an object; it must be the name of an environment',
    ],
    [
      'a rule that is not one',
      { safety: { rules: { 'no-dow': 'off' } } },
      'Did you mean "no-down"?',
    ],
    [
      'a severity that is not one',
      { safety: { rules: { '*': 'loud' } } },
      '"error", "warning" or "off"',
    ],
    [
      'a rule that is allowed without a reason',
      { safety: { allow: { '1_x': { 'no-down': true } } } },
      'must be',
    ],
    [
      'a size without a known unit',
      { safety: { copyBytes: '2 gigs' } },
      '"safety.copyBytes" is "2 gigs"; it must be a number of bytes',
    ],
    ['a lock that is not one', { safety: { lock: 'exclusive' } }, '"none", "shared" or "any"'],
    ['a list', [], 'a list'],
    ['a function', () => {}, 'a function'],
    ['nothing', undefined, 'undefined'],
    ['a text', 'x', 'a text'],
  ])('parseConfig refuses %s', (_, config, words) => {
    expect(refusalOf(config)).toContain(words);
  });

  it('parseConfig never repeats settings of Knex, which may hold a password', () => {
    for (const knex of ['mysql://root:geheim@db', ['geheim'], { file: '', password: 'geheim' }]) {
      expect(refusalOf({ knex })).not.toContain('geheim');
    }
  });

  it('parseConfig names every problem once', () => {
    const lines = refusalOf({ migration: {}, request: { maxConcurrency: 0 } }).split('\n');
    expect(lines).toHaveLength(2);
  });
});

describe('effectiveConfig', () => {
  const config = parseConfig(
    {
      migrations: { folder: './base', tableName: 'base' },
      request: { maxConcurrency: 5, strict: true },
      knex: { client: 'mysql2', pool: { max: 1 } },
      environments: {
        production: {
          migrations: { folder: './production' },
          request: { maxConcurrency: 9, strict: undefined },
          knex: { client: 'mysql' },
        },
        staging: { knex: { file: './knexfile.js' } },
      },
    },
    FILE,
  );

  it('effectiveConfig puts an environment over the rest, key by key', () => {
    const { section, origin } = effectiveConfig(config, 'production', FILE);
    expect(section).toEqual({
      migrations: { folder: './production', tableName: 'base' },
      request: { maxConcurrency: 9, strict: true },
      knex: { client: 'mysql', pool: { max: 1 } },
    });
    expect(origin('migrations.folder')).toBe('environments.production.migrations.folder');
    expect(origin('migrations.tableName')).toBe('migrations.tableName');
    expect(origin('request.strict')).toBe('request.strict');
  });

  it('effectiveConfig replaces settings of Knex as a whole if either is a knexfile', () => {
    expect(effectiveConfig(config, 'staging', FILE).section.knex).toEqual({
      file: './knexfile.js',
    });
  });

  it('effectiveConfig puts the central database and the rules of an environment over the rest', () => {
    const { section, origin } = effectiveConfig(
      {
        central: { url: 'mysql://one' },
        safety: {
          rules: { 'no-down': 'off', '*': 'error' },
          allow: { '1_a': { '*': 'old' } },
          lock: 'shared',
          copyBytes: 0,
        },
        environments: {
          production: {
            central: { url: 'mysql://two' },
            safety: { rules: { '*': 'warning' }, lock: 'none' },
          },
        },
      } as FanfoldConfig,
      'production',
      FILE,
    );
    expect(section).toMatchObject({
      central: { url: 'mysql://two' },
      safety: {
        rules: { 'no-down': 'off', '*': 'warning' },
        allow: { '1_a': { '*': 'old' } },
        lock: 'none',
        copyBytes: 0,
      },
    });
    expect(section).not.toHaveProperty('knex');
    expect(origin('central.url')).toBe('environments.production.central.url');
    expect(origin('central.url.host')).toBe('central.url.host');
  });

  it('effectiveConfig returns the configuration without environments if none is named', () => {
    const { section, origin } = effectiveConfig(config, undefined, FILE);
    expect(section.request).toEqual({ maxConcurrency: 5, strict: true });
    expect(section).not.toHaveProperty('environments');
    expect(origin('request.strict')).toBe('request.strict');
  });

  it('effectiveConfig refuses an unknown environment, and suggests the nearest', () => {
    expect(thrownBy(() => effectiveConfig(config, 'prodution', FILE))).toMatchObject({
      code: 'EnvironmentUnknown',
      nextStep: expect.stringContaining('"production"'),
    });
    expect(thrownBy(() => effectiveConfig({}, 'toString', FILE))).toMatchObject({
      code: 'EnvironmentUnknown',
      message: expect.stringContaining('it has no environments'),
    });
    expect(thrownBy(() => effectiveConfig(config, 'zzzzzz', FILE))).toMatchObject({
      message: expect.stringContaining('its environments are production, staging'),
      nextStep: expect.stringContaining('Name one of them'),
    });
  });
});

it.each([7, false, '', ' ', null])(
  'parseConfig names an environment of a knexfile that is %j, and what it must be',
  (env) => {
    const { message } = thrownBy(() =>
      parseConfig({ knex: { file: 'knexfile.js', env } }, 'fanfold.config.ts'),
    ) as Error;
    expect(message).toBe(
      `fanfold.config.ts: "knex.env" is ${JSON.stringify(env)}; it must be the name of an environment of the knexfile, as a text.`,
    );
  },
);
