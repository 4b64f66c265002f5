import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bundleUpTo, MIGRATION_EXTENSIONS } from '../../../src/core/bundle/bundle.ts';
import { planTenant } from '../../../src/core/migrate/plan-tenant.ts';
import type { SchemaState } from '../../../src/core/schema-state.ts';
import { bundle, migration } from '../../support/migrations.ts';

const LENIENT = { strict: false, allowMissing: false };
const A_B_C = bundle(...['a', 'b', 'c'].map((id) => migration(id, () => {})));

function state(
  rows: [name: string, batch: number][],
  checksums: [string, string][] = [],
): SchemaState {
  return {
    rows: rows.map(([name, batch]) => ({ name, batch })),
    checksums: new Map(checksums),
    appliedBy: new Map(),
    revertedBy: new Map(),
    open: [],
  };
}

describe('planning a tenant', () => {
  it('the plan of a tenant applies all to an empty database, under the names of their files, in batch 1', () => {
    const plan = planTenant(A_B_C, state([]), LENIENT);
    expect(plan.pending.map(({ name }) => name)).toEqual(['a.js', 'b.js', 'c.js']);
    expect(plan.batch).toBe(1);
    expect(plan.baseline).toEqual([]);
  });

  it('the plan of a tenant fills gaps in the order of the bundle, as plain Knex does', () => {
    const plan = planTenant(
      A_B_C,
      state([
        ['a.ts', 1],
        ['c.mjs', 4],
      ]),
      LENIENT,
    );
    expect(plan.pending.map(({ name }) => name)).toEqual(['b.mjs']);
    expect(plan.batch).toBe(5);
    expect(plan.baseline.map(({ id }) => id)).toEqual(['a', 'c']);
  });

  it.each([
    ['.ts', [], '.ts'],
    ['.cjs', [], '.cjs'],
    ['.mjs', [], '.mjs'],
    ['.ts', ['.js'], '.js'],
    ['.ts', ['.ts'], '.ts'],
    ['.mjs', ['.mjs'], '.mjs'],
    ['.js', ['.ts'], '.ts'],
  ])('the plan of a tenant records a %s file after %j rows as %s', (extension, rows, recorded) => {
    const files = bundle(...['a', 'b'].map((id) => ({ ...migration(id, () => {}), extension })));
    const before = state(rows.map((row) => [`a${row}`, 1]));
    expect(planTenant(files, before, LENIENT).pending.at(-1)?.name).toBe(`b${recorded}`);
  });

  it('the plan of a tenant records a file under its own name beside compiled files of another kind', () => {
    const file = (id: string, extension: string) => ({ ...migration(id, () => {}), extension });
    const mixed = bundle(file('a', '.js'), file('b', '.ts'), file('c', '.ts'), file('d', '.mjs'));
    const namesAfter = (...rows: string[]) =>
      planTenant(mixed, state(rows.map((row) => [row, 1])), LENIENT).pending.map(
        ({ name }) => name,
      );
    expect(namesAfter('a.js')).toEqual(['b.ts', 'c.ts', 'd.mjs']);
    expect(namesAfter('a.js', 'b.js')).toEqual(['c.js', 'd.mjs']);
    expect(namesAfter('b.js', 'a.js')).toEqual(['c.js', 'd.mjs']);
  });

  it('the plan of a tenant takes names that were recorded without an extension as they are', () => {
    expect(planTenant(A_B_C, state([['a', 1]]), LENIENT).pending.map(({ name }) => name)).toEqual([
      'b',
      'c',
    ]);
  });

  it('the plan of a tenant finds nothing pending under any mix of extensions', () => {
    fc.assert(
      fc.property(
        fc.tuple(
          ...['a', 'b', 'c'].map((id) =>
            fc.constantFrom(...MIGRATION_EXTENSIONS).map((extension) => `${id}${extension}`),
          ),
        ),
        (names) => {
          expect(planTenant(A_B_C, state(names.map((name) => [name, 1])), LENIENT).pending).toEqual(
            [],
          );
        },
      ),
    );
  });

  it('the plan of a tenant knows what comes after the migration at which it was told to stop', () => {
    const upToB = bundleUpTo(A_B_C, 'b') ?? A_B_C;
    expect(
      planTenant(
        upToB,
        state([
          ['b.js', 1],
          ['c.js', 1],
        ]),
        LENIENT,
      ),
    ).toMatchObject({
      pending: [{ name: 'a.js' }],
      notes: [],
    });
  });

  it('the plan of a tenant refuses to migrate from migrations that the bundle lacks, and only notes them if nothing is pending', () => {
    expect(() => planTenant(A_B_C, state([['old.js', 1]]), LENIENT)).toThrow(
      expect.objectContaining({
        code: 'MigrationsMissing',
        message: expect.stringContaining('old'),
      }),
    );
    const all: [string, number][] = [
      ['old.js', 1],
      ['a.js', 1],
      ['b.js', 1],
      ['c.js', 1],
    ];
    expect(planTenant(A_B_C, state(all), LENIENT).notes).toMatchObject([{ code: 'ahead' }]);
  });

  it('the plan of a tenant with migrations that the bundle lacks migrates on request, and notes them', () => {
    const plan = planTenant(A_B_C, state([['old.js', 1]]), { ...LENIENT, allowMissing: true });
    expect(plan.pending).toHaveLength(3);
    expect(plan.notes).toMatchObject([{ code: 'ahead', message: expect.stringContaining('old') }]);
  });

  it('the plan of a tenant resumes a migration that was begun before anything else', () => {
    const begun = { ...state([['a.js', 1]]), open: [{ id: 'c', direction: 'up' }] } as const;
    const plan = planTenant(A_B_C, begun, LENIENT);
    expect(plan.pending.map(({ name }) => name)).toEqual(['c.js', 'b.js']);
    expect(plan.notes).toMatchObject([
      { code: 'Resumed', message: expect.stringContaining('left c half-applied') },
    ]);
  });

  it.each<[string, SchemaState['open'][number], string]>([
    ['its rollback was begun', { id: 'c', direction: 'down' }, 'Rolling it back was begun'],
    ['it is recorded as applied', { id: 'a', direction: 'up' }, 'recorded it as applied'],
    ['the bundle lacks it', { id: 'gone', direction: 'up' }, 'does not contain it'],
  ])('the plan of a tenant is refused for a half-applied migration if %s', (_, open, why) => {
    expect(() => planTenant(A_B_C, { ...state([['a.js', 1]]), open: [open] }, LENIENT)).toThrow(
      expect.objectContaining({
        code: 'HalfApplied',
        migration: open.id,
        message: expect.stringContaining(why),
      }),
    );
  });

  it.each<[string, Partial<SchemaState>, number]>([
    ['a new batch after those of other runs', {}, 4],
    ['the batch that this run has begun', { appliedBy: new Map([['a', 'run-1']]) }, 2],
    ['the batch of a killed run that it continues', { continued: new Set(['a']) }, 2],
  ])('the plan of a tenant records in %s', (_, more, batch) => {
    const rows: [string, number][] = [
      ['a.js', 2],
      ['b.js', 3],
    ];
    expect(planTenant(A_B_C, { ...state(rows), ...more }, LENIENT, 'run-1').batch).toBe(batch);
  });
});
