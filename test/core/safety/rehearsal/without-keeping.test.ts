import { expect, it } from 'vitest';
import { createBundle, type MigrationModule } from '../../../../src/core/bundle/bundle.ts';
import { withoutKeeping } from '../../../../src/core/safety/rehearsal/without-keeping.ts';

it('lets backfills of a rehearsal keep nothing, and changes nothing else of a bundle', async () => {
  const up = () => {};
  const modules: Readonly<Record<string, MigrationModule>> = {
    '1_a': { up },
    '2_b': { up, backfill: { table: 'tasks', update: 'a = 1', keep: true } },
    '3_c': { up, backfill: { table: 'tasks', update: 'b = 1' } },
  };
  const bundle = createBundle(
    Object.entries(modules).map(([id, module]) => ({
      ...{ id, extension: '.js', checksum: id },
      load: async () => module,
    })),
  );
  const keeping = withoutKeeping(bundle);
  expect(keeping.hash).toBe(bundle.hash);
  const loaded = await Promise.all(keeping.migrations.map((migration) => migration.load()));
  expect(loaded).toEqual([
    modules['1_a'],
    { up, backfill: { table: 'tasks', update: 'a = 1', keep: false } },
    modules['3_c'],
  ]);
});
