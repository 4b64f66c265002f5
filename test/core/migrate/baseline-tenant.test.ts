import { describe, expect, it } from 'vitest';
import { createBundle } from '../../../src/core/bundle/bundle.ts';
import { createBaselineTenant } from '../../../src/core/migrate/baseline-tenant.ts';
import type { FencedDatabase, TenantDatabase } from '../../../src/core/ports.ts';
import { tenantOf } from '../../support/fleet.ts';

const bundle = createBundle(
  ['1_a', '2_b'].map((id) => ({
    ...{ id, extension: '.js', checksum: `of ${id}` },
    load: () => Promise.reject(new Error('not loaded')),
  })),
);

/** A database in which plain Knex has applied both migrations. */
function adopted(checksums = new Map<string, string>()) {
  const state = {
    rows: [
      { name: '1_a.js', batch: 1 },
      { name: '2_b.js', batch: 1 },
    ],
    checksums,
    appliedBy: new Map(),
    revertedBy: new Map(),
    open: [],
  };
  const fenced = {
    state,
    baseline: async (recorded: readonly { id: string; checksum: string }[]) => {
      for (const { id, checksum } of recorded) checksums.set(id, checksum);
    },
  } as unknown as FencedDatabase;
  const database: TenantDatabase = {
    readState: async () => state,
    readBackfills: async () => [],
    takeHostSlot: async () => {},
    usingFence: (_, work) => work(fenced),
  };
  const baseline = createBaselineTenant({
    databases: { using: (_, work) => work(database) },
    passwords: { open: async () => 'geheim' },
  });
  return { checksums, baseline: () => baseline(tenantOf(1), bundle) };
}

describe('createBaselineTenant', () => {
  it('createBaselineTenant records the checksums that are missing, once', async () => {
    const { baseline, checksums } = adopted(new Map([['1_a', 'recorded before']]));
    expect(await baseline()).toMatchObject({ status: 'recorded', recorded: 1 });
    expect([...checksums]).toEqual([
      ['1_a', 'recorded before'],
      ['2_b', 'of 2_b'],
    ]);
    expect(await baseline()).toMatchObject({ status: 'unchanged', recorded: 0 });
  });

  it('createBaselineTenant returns a failure as data, without the password', async () => {
    const failing = createBaselineTenant({
      databases: {
        using: async ({ password }) => {
          throw new Error(`Access denied for ${password}`);
        },
      },
      passwords: { open: async () => 'geheim' },
    });
    const result = await failing(tenantOf(1), bundle);
    expect(result.status).toBe('failed');
    expect(JSON.stringify(result)).not.toContain('geheim');
  });
});
