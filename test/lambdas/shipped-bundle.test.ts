import { describe, expect, it } from 'vitest';
import { shippedBundle } from '../../lambdas/shipped-bundle.ts';
import { createBundle } from '../../src/core/bundle/bundle.ts';
import { rejectionOf } from '../support/thrown-by.ts';

const FACTS = [
  { id: '20250102090000_b', extension: '.js', checksum: 'c2' },
  { id: '20250101090000_a', extension: '.ts', checksum: 'c1' },
];

describe('shippedBundle', () => {
  it('the shipped bundle is the one that was read from the folder, whether it has code or not', () => {
    const load = async () => ({ up: async () => {} });
    const read = createBundle(FACTS.map((facts) => ({ ...facts, load })));
    const withCode = FACTS.map((facts) => ({ ...facts, load: async () => ({ up: () => {} }) }));
    for (const shipped of [FACTS, withCode]) expect(shippedBundle(shipped).hash).toBe(read.hash);
    expect(shippedBundle(FACTS).migrations.map(({ id }) => id)).toEqual([
      '20250101090000_a',
      '20250102090000_b',
    ]);
  });

  it('shippedBundle finds the migration in a module of either kind', async () => {
    const [facts] = FACTS as [(typeof FACTS)[0]];
    const up = async () => 'ran';
    for (const module of [{ up }, { default: { up } }, { default: { default: { up } } }]) {
      const [migration] = shippedBundle([{ ...facts, load: async () => module }]).migrations;
      expect(await (await migration?.load())?.up(undefined)).toBe('ran');
    }
  });

  it('shippedBundle reports that a function has no code of a migration', async () => {
    const [migration] = shippedBundle(FACTS).migrations;
    expect(await rejectionOf(migration?.load() ?? Promise.resolve())).toMatchObject({
      code: 'MigrationNotShipped',
    });
  });
});
