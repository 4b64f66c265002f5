import { expect, test } from 'vitest';
import { shapesToRehearse } from '../../../../src/core/safety/rehearsal/shapes-to-rehearse.ts';
import { DriftGroups } from '../../../../src/core/shapes/drift/drift-groups.ts';
import { shapeWith } from '../../shapes/shape-with.ts';
import { memoryBundle, memoryMigration } from '../../support/memory-rehearsal.ts';

const BUNDLE = memoryBundle(
  ...['1_one', '2_two', '3_three'].map((id) => memoryMigration(id, () => undefined)),
);

const stateOf = (names: readonly string[], open?: string) => ({
  rows: names.map((name) => ({ name: `${name}.js`, batch: 1 })),
  checksums: new Map(),
  appliedBy: new Map(),
  revertedBy: new Map(),
  open: open === undefined ? [] : [{ id: open, direction: 'up' as const }],
});

test('tenants of one shape start where their recorded migrations end, and half-applied ones do not start', () => {
  const groups = new DriftGroups(BUNDLE);
  const shape = shapeWith({ id: 'int' });
  groups.add({ slug: 'new' }, shape, stateOf([]));
  groups.add({ slug: 'acme' }, shape, stateOf(['1_one']));
  groups.add({ slug: 'beta' }, shape, stateOf(['1_one']));
  groups.add({ slug: 'gap' }, shape, stateOf(['1_one', '3_three']));
  groups.add({ slug: 'half' }, shape, stateOf(['1_one'], '2_two'));
  const { shapes, halfApplied } = shapesToRehearse(groups.all(), BUNDLE);
  expect(halfApplied).toBe(1);
  expect(shapes.map(({ named, applied }) => [named, applied])).toEqual([
    [['acme', 'beta'], 1],
    [['new'], 0],
    [['gap'], undefined],
  ]);
});
