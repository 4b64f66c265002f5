import { describe, expect, it } from 'vitest';
import { parseMigrationModule } from '../../../src/core/bundle/migration-module.ts';

const rows = () => {};

const parse = (backfill: unknown, more: object = {}) =>
  parseMigrationModule({ backfill, ...more }, '2026_fill.js');

describe('the export `backfill` of a migration file', () => {
  it.each([
    { table: 'tasks', update: 'points = 1' },
    { table: 'tasks', where: 'points IS NULL', batch: 1, update: 'points = 1' },
    { table: 'tasks', batch: 100_000, rows },
    { table: 'tasks', update: 'points = 1', keep: true },
  ])('accepts %j, also without `up`', (backfill) => {
    expect(parse(backfill)).toMatchObject({ backfill });
  });

  it.each([
    [3, 'not an object'],
    [[], 'not an object'],
    [{ update: 'a = 1' }, '`table` is not the name of a table'],
    [{ table: ' ', update: 'a = 1' }, '`table` is not'],
    [{ table: 'other.tasks', update: 'a = 1' }, 'without a database'],
    [{ table: 'tasks' }, 'without `update` or `rows`'],
    [{ table: 'tasks', update: 'a = 1', rows }, 'both `update` and `rows`'],
    [{ table: 'tasks', update: '' }, '`update` is not the SET list'],
    [{ table: 'tasks', update: { a: 1 } }, '`update` is not the SET list'],
    [{ table: 'tasks', rows: 'a = 1' }, '`rows` is not a function'],
    [{ table: 'tasks', where: '', update: 'a = 1' }, '`where` is not a condition'],
    [{ table: 'tasks', batch: 0, update: 'a = 1' }, '`batch` is not a whole number'],
    [{ table: 'tasks', batch: 1.5, update: 'a = 1' }, '`batch` is not a whole number'],
    [{ table: 'tasks', keep: 'yes', update: 'a = 1' }, '`keep` is not true or false'],
    [{ table: 'tasks', batch: 1e6, update: 'a = 1' }, '`batch` is not a whole number'],
    [
      { table: 'tasks', tables: 'x', update: 'a = 1' },
      'unknown key `tables` (did you mean `table`?)',
    ],
  ])('refuses %j with the name of the file', (backfill, words) => {
    expect(() => parse(backfill)).toThrow(words);
    expect(() => parse(backfill)).toThrow('2026_fill.js exports');
  });

  it('takes names of required backfills with or without their extension', () => {
    const up = () => {};
    const required = parseMigrationModule({ up, requires: ['2026_a.ts', '2026_b'] }, 'c.js');
    expect(required.requires).toEqual(['2026_a', '2026_b']);
    expect(() => parseMigrationModule({ up, requires: '2026_a' }, 'c.js')).toThrow(
      'c.js exports a `requires` that is a string',
    );
  });
});
