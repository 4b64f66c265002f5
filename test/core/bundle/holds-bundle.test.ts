import { describe, expect, it } from 'vitest';
import { createBundle, type Migration } from '../../../src/core/bundle/bundle.ts';
import { holdsBundle, holdsSchema } from '../../../src/core/bundle/holds-bundle.ts';
import type { SchemaState } from '../../../src/core/schema-state.ts';

const M1 = migration('20260101_a');
const M2 = migration('20260102_b');
const M3 = migration('20260103_c');
const BUNDLE = createBundle([M1, M2]);

describe('holdsSchema', () => {
  const of = (id: string, isBackfill: boolean): Migration => ({
    ...migration(id),
    load: async () => ({
      up: () => {},
      ...(isBackfill && { backfill: { table: 'a', update: 'b = 1' } }),
    }),
  });

  it.each([
    ['a pending backfill', [of('20260102_b', true)], true],
    ['a pending schema change', [of('20260102_b', false)], false],
    ['both', [of('20260102_b', true), of('20260103_c', false)], false],
  ] as const)('holdsSchema judges a database with %s', async (_, pending, holds) => {
    const bundle = createBundle([M1, ...pending]);
    expect(await holdsSchema(stateOf([M1]), bundle)).toBe(holds);
    const open = [{ id: M1.id, direction: 'down' as const }];
    expect(await holdsSchema({ ...stateOf([M1]), open }, bundle)).toBe(false);
  });
});

describe('holdsBundle', () => {
  it.each([
    ['nothing', [], false],
    ['a part', [M1], false],
    ['all of it', [M1, M2], true],
    ['more', [M1, M2, M3], true],
    ['one in the middle missing', [M1, M3], false],
  ] as const)('holdsBundle judges a database with %s', (_, applied, holds) => {
    expect(holdsBundle(stateOf(applied), BUNDLE)).toBe(holds);
    expect(holdsBundle(stateOf(applied), BUNDLE.hash)).toBe(holds);
  });

  it('holdsBundle accepts a migration that was recorded under another extension', () => {
    const state = stateOf([M1, M2], { extension: '.ts' });
    expect(holdsBundle(state, BUNDLE)).toBe(true);
    expect(holdsBundle(state, BUNDLE.hash)).toBe(true);
  });

  it('holdsBundle is false while a migration is half-applied', () => {
    const state = { ...stateOf([M1, M2]), open: [{ id: M2.id, direction: 'up' as const }] };
    expect(holdsBundle(state, BUNDLE)).toBe(false);
  });

  it('holdsBundle needs checksums if it has only a hash', () => {
    const state = { ...stateOf([M1, M2]), checksums: new Map([[M1.id, M1.checksum]]) };
    expect(holdsBundle(state, BUNDLE)).toBe(true);
    expect(holdsBundle(state, BUNDLE.hash)).toBe(false);
  });

  it('holdsBundle recognizes a changed migration by the hash', () => {
    const changed = createBundle([M1, { ...M2, checksum: 'another' }]);
    expect(holdsBundle(stateOf([M1, M2]), changed.hash)).toBe(false);
  });

  it('holdsBundle is true of an empty bundle', () => {
    expect(holdsBundle(stateOf([]), createBundle([]).hash)).toBe(true);
  });
});

function migration(id: string): Migration {
  const load = () => Promise.reject(new Error('not loaded'));
  return { id, extension: '.js', checksum: `checksum of ${id}`, load };
}

function stateOf(applied: readonly Migration[], { extension = '.js' } = {}): SchemaState {
  return {
    rows: applied.map(({ id }) => ({ name: `${id}${extension}`, batch: 1 })),
    checksums: new Map(applied.map(({ id, checksum }) => [id, checksum])),
    appliedBy: new Map(),
    revertedBy: new Map(),
    open: [],
  };
}
