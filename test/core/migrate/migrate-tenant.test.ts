import { describe, expect, it } from 'vitest';
import { createBundle, type Migration } from '../../../src/core/bundle/bundle.ts';
import { createMigrateTenant } from '../../../src/core/migrate/migrate-tenant.ts';
import type { FencedDatabase, TenantDatabases } from '../../../src/core/ports.ts';
import type { SchemaState } from '../../../src/core/schema-state.ts';
import { requestOf, tenantOf } from '../../support/fleet.ts';

const bundle = createBundle(
  ['1_a', '2_b', '3_c'].map(
    (id): Migration => ({
      id,
      extension: '.js',
      checksum: id,
      load: async () => ({ up: () => {} }),
    }),
  ),
);

/** A migrator over a database that applies the migrations it is given until it is told to pause. */
function migrator(appliedBefore: readonly string[] = []) {
  const applied: string[] = [];
  const state: SchemaState = {
    rows: appliedBefore.map((name, index) => ({ name, batch: index + 1 })),
    checksums: new Map(),
    appliedBy: new Map(),
    revertedBy: new Map(),
    open: [],
  };
  const fenced = {
    state,
    notes: [],
    async run(steps, { pause, onRecorded }) {
      for (const step of steps) {
        if (pause?.() === true) return 'paused';
        applied.push(step.migration.id);
        onRecorded(step, 1);
      }
      return 'done';
    },
  } satisfies Partial<FencedDatabase> as unknown as FencedDatabase;
  const databases: TenantDatabases = {
    using: (_, work) =>
      work({
        readState: async () => state,
        readBackfills: async () => [],
        takeHostSlot: async () => {},
        usingFence: (_options, withFence) => withFence(fenced),
      }),
  };
  const attempt = createMigrateTenant({
    databases,
    passwords: { open: async () => 'password' },
  });
  const run = (pause?: () => boolean) =>
    attempt(tenantOf(1), { runId: 'run-1', bundle, request: requestOf(), pause });
  return { applied, run };
}

describe('an attempt whose time is nearly up', () => {
  it('an attempt whose time is nearly up ends between two migrations, with what it applied', async () => {
    const { applied, run } = migrator();
    expect(await run(() => applied.length >= 2)).toMatchObject({
      status: 'continue',
      applied: [{ name: '1_a.js' }, { name: '2_b.js' }],
    });
    expect(applied).toEqual(['1_a', '2_b']);
  });

  it('an attempt whose time is nearly up finishes if no migration is left to pause before', async () => {
    const { applied, run } = migrator();
    expect(await run(() => applied.length >= 3)).toMatchObject({ status: 'migrated' });
    const upToDate = migrator(['1_a.js', '2_b.js', '3_c.js']);
    expect(await upToDate.run(() => true)).toMatchObject({ status: 'unchanged' });
  });

  it('an attempt without a time limit applies all pending migrations', async () => {
    const { applied, run } = migrator(['1_a.js']);
    expect(await run()).toMatchObject({ status: 'migrated' });
    expect(applied).toEqual(['2_b', '3_c']);
  });
});
