import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkKnexSettings } from '../../../src/adapters/mysql/migration/knex/check-knex-settings.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const HONOURED: readonly Record<string, unknown>[] = [
  {},
  { client: 'mysql2' },
  {
    wrapIdentifier: (value: string) => value,
    postProcessResponse: (response: unknown) => response,
  },
  { asyncStackTraces: true, useNullAsDefault: true, debug: false, userParams: { a: 1 }, log: {} },
  { version: '8.0', compileSqlOnError: false, migrations: {}, seeds: { directory: './seeds' } },
  { pool: { afterCreate: (_: unknown, done: () => void) => done() } },
  { pool: undefined, connection: undefined },
  { connection: { supportBigNumbers: true, bigNumberStrings: true, decimalNumbers: true } },
  { connection: { dateStrings: ['DATE'], timezone: '+05:30', charset: 'utf8mb4' } },
  { connection: { typeCast: () => 1, timezone: 'local', flags: ['-FOUND_ROWS'], compress: true } },
  { connection: { multipleStatements: true, timezone: 'Z' } },
];

/** Refused settings with the name that the message must contain. */
const REFUSED: readonly [name: string, settings: Record<string, unknown>][] = [
  ['client', { client: 'pg' }],
  ['client', { client: 'mysql' }],
  ['client', { client: class {} }],
  ['dialect', { dialect: 'mysql2' }],
  ['acquireConnectionTimeout', { acquireConnectionTimeout: 1_000 }],
  ['connectionPool', { connectionPool: {} }],
  ['searchPath', { searchPath: 'a' }],
  ['wrapIdentifer', { wrapIdentifer: () => '' }],
  ['connection', { connection: 'mysql://root@localhost/db' }],
  ['connection', { connection: () => ({}) }],
  ['connection', { connection: null }],
  ['connection.host', { connection: { host: 'db' } }],
  ['connection.password', { connection: { password: 'secret' } }],
  ['connection.socketPath', { connection: { socketPath: '/run/mysqld.sock' } }],
  ['connection.ssl', { connection: { ssl: {} } }],
  ['connection.stream', { connection: { stream: () => {} } }],
  ['connection.multipleStatements', { connection: { multipleStatements: false } }],
  ['connection.flags', { connection: { flags: ['-MULTI_STATEMENTS'] } }],
  ['connection.timezone', { connection: { timezone: 'Europe/Berlin' } }],
  ['connection.timezone', { connection: { timezone: 'UTC' } }],
  ['connection.decimalNumber', { connection: { decimalNumber: true } }],
  ['pool', { pool: 5 }],
  ['pool.max', { pool: { max: 10 } }],
  ['pool.min', { pool: { min: 0, afterCreate: () => {} } }],
  ['pool.afterCreate', { pool: { afterCreate: 'SET x' } }],
];

describe('the settings of a knexfile', () => {
  it.each(HONOURED.map((settings) => [Object.keys(settings).join(), settings] as const))(
    'settings of a knexfile are honoured: %s',
    (_, settings) => {
      expect(checkKnexSettings(settings)).toBe(settings);
    },
  );

  it.each(REFUSED)(
    'settings of a knexfile are refused by name, with a reason and a next step: %s',
    (name, settings) => {
      const error = thrownBy(() => checkKnexSettings(settings));
      expect(error).toMatchObject({ code: 'KnexSettingRefused', fault: 'configuration' });
      expect((error as Error).message).toContain(`The Knex setting ${name} cannot be honoured: `);
      expect((error as Error).message).not.toContain('secret');
      expect((error as { nextStep: string }).nextStep).toContain(name);
    },
  );

  it('settings of a knexfile are honoured or refused with a reason for every option of the driver', () => {
    const driver = dirname(createRequire(import.meta.url).resolve('mysql2/package.json'));
    const source = readFileSync(join(driver, 'lib', 'connection_config.js'), 'utf8');
    const [, list = ''] = /const validOptions = \{([\s\S]*?)\};/.exec(source) ?? [];
    const options = [...list.matchAll(/^ {2}(\w+): 1/gm)].map(([, option]) => option ?? '');
    expect(options.length).toBeGreaterThan(40);
    const unexplained = options.filter((option) => {
      try {
        checkKnexSettings({ connection: { [option]: option === 'timezone' ? 'Z' : true } });
        return false;
      } catch (error) {
        return (error as Error).message.includes('it is unknown');
      }
    });
    expect(unexplained).toEqual([]);
  });
});
