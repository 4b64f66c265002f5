import { describe, expect, it } from 'vitest';
import { parseMigrationModule } from '../../../src/core/bundle/migration-module.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const FILE = 'migrations/tenant/1_a.ts';
const up = () => 'up';
const down = () => 'down';

describe('parseMigrationModule', () => {
  it.each<[string, unknown]>([
    ['named exports', { up, down }],
    ['a default export', { default: { up, down } }],
    ['a default export wrapped once more', { default: { default: { up, down } } }],
    ['a function with properties', Object.assign(() => 'self', { up, down })],
    ['named exports beside a default one', { up, down, default: { up: () => 'other' } }],
  ])('parseMigrationModule accepts %s', (_, exported) => {
    const parsed = parseMigrationModule(exported, FILE);
    expect(parsed.up(undefined)).toBe('up');
    expect(parsed.down?.(undefined)).toBe('down');
    expect(parsed.config).toBeUndefined();
  });

  it('parseMigrationModule keeps `this` for an object with methods', () => {
    class CreateUsers {
      table = 'users';
      up() {
        return this.table;
      }
    }
    expect(parseMigrationModule(new CreateUsers(), FILE).up(undefined)).toBe('users');
  });

  it.each([
    [undefined, undefined],
    [null, undefined],
    [{}, {}],
    [{ transaction: undefined }, {}],
    [{ transaction: false }, { transaction: false }],
    [{ transaction: true, other: 1 }, { transaction: true }],
  ])('parseMigrationModule reads config %j', (config, expected) => {
    expect(parseMigrationModule({ up, config }, FILE).config).toEqual(expected);
  });

  it('parseMigrationModule accepts a migration without `down`', () => {
    expect(parseMigrationModule({ up }, FILE).down).toBeUndefined();
    expect(parseMigrationModule({ up, down: null }, FILE).down).toBeUndefined();
  });

  it.each([
    [undefined, 'exports no `up` function'],
    [{}, 'exports no `up` function'],
    ['text', 'exports no `up` function'],
    [{ down }, 'exports no `up` function'],
    [{ default: { default: { default: { up } } } }, 'exports no `up` function'],
    [{ up: 'create table' }, 'exports an `up` that is a string, not a function'],
    [{ up: [] }, 'exports an `up` that is an array, not a function'],
    [{ up, down: false }, 'exports a `down` that is a boolean, not a function'],
    [{ up, config: 'none' }, 'exports a `config` that is a string, not an object'],
    [
      { up, config: { transaction: 'false' } },
      'exports a `config.transaction` that is a string, not true or false',
    ],
  ])('parseMigrationModule refuses %j', (exported, reason) => {
    expect(thrownBy(() => parseMigrationModule(exported, FILE))).toMatchObject({
      code: 'MigrationInvalid',
      fault: 'migration',
      message: `${FILE} ${reason}.`,
    });
  });

  it.each([undefined, null])('a migration without limits exports none: %j', (safety) => {
    expect(parseMigrationModule({ up, safety }, FILE)).not.toHaveProperty('safety');
  });

  it('the limits that a migration exports are kept with their reason', () => {
    const safety = { lock: 'shared', why: 'it has 200 rows' };
    expect(parseMigrationModule({ up, safety }, FILE).safety).toEqual(safety);
  });

  it.each([
    ['strict', 'exports a `safety` that is a string, not an object.'],
    [[], 'exports a `safety` that is an array, not an object.'],
    [{ lock: 'most' }, 'exports a wrong `safety`: "safety.lock" is "most"'],
    [{ why: ' ' }, 'exports a wrong `safety`: "safety.why" is " "'],
    [{ wy: 'small' }, 'exports a wrong `safety`'],
  ])('wrong limits %j of a migration are refused with its file', (safety, words) => {
    expect(thrownBy(() => parseMigrationModule({ up, safety }, FILE))).toMatchObject({
      code: 'MigrationInvalid',
      message: expect.stringContaining(`${FILE} ${words}`),
      nextStep: expect.stringContaining("lock: 'shared'"),
    });
  });
});
