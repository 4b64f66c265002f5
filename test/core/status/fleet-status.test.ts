import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StoredBackfill } from '../../../src/core/backfill/backfill-progress.ts';
import { fingerprint } from '../../../src/core/failure.ts';
import {
  addReading,
  emptyFleetStatus,
  type FleetStatus,
  MOST_BEHIND,
} from '../../../src/core/status/fleet-status.ts';
import type { TenantReading } from '../../../src/core/status/tenant-reading.ts';

const ids = ['1_create_users', '2_create_roles', '3_create_tasks'];

function tenant(slug: string) {
  return { id: `id-${slug}`, slug, name: slug, database: `${slug}_db` };
}

function standing(slug: string, applied: number, notes: string[] = []): TenantReading {
  return {
    status: 'read',
    tenant: tenant(slug),
    standing: { at: ids[applied - 1] ?? null, pending: ids.slice(applied) },
    notes: notes.map((code) => ({ code, message: code })),
  };
}

function unreadable(slug: string, errno: number): TenantReading {
  const facts = { code: 'AccessDenied', errno, migration: undefined, statement: undefined };
  return {
    status: 'unreadable',
    tenant: tenant(slug),
    failure: {
      ...facts,
      fingerprint: fingerprint(facts),
      message: `Error ${errno}`,
      nextStep: 'Look',
      retryable: false,
    },
  };
}

function fold(readings: readonly TenantReading[]): FleetStatus {
  return readings.reduce(addReading, emptyFleetStatus());
}

describe('the status of a fleet', () => {
  test('the status of a fleet counts tenants by version, names those that are behind, and groups those that cannot be read', () => {
    const status = fold([
      standing('acme', 3),
      standing('beta', 2),
      standing('gamma', 0),
      standing('delta', 3, ['ahead']),
      unreadable('epsilon', 1045),
      unreadable('zeta', 1045),
    ]);
    expect(status).toMatchObject({ total: 6, upToDate: 2, behind: 2, notes: { ahead: 1 } });
    expect(status.levels).toEqual([
      { at: '3_create_tasks', pending: 0, tenants: 2 },
      { at: '2_create_roles', pending: 1, tenants: 1 },
      { at: null, pending: 3, tenants: 1 },
    ]);
    expect(status.behindTenants.map((behind) => [behind.tenant.slug, behind.pending])).toEqual([
      ['gamma', 3],
      ['beta', 1],
    ]);
    expect(status.unreadable.counts.failed).toBe(2);
    expect(status.unreadable.failures).toMatchObject([{ errno: 1045, count: 2 }]);
  });

  test('the status of a fleet distinguishes tenants with a gap from those that lack the newest migration', () => {
    const gap: TenantReading = {
      status: 'read',
      tenant: tenant('gap'),
      standing: { at: '3_create_tasks', pending: ['2_create_roles'] },
      notes: [],
    };
    expect(fold([gap, standing('whole', 3)]).levels).toEqual([
      { at: '3_create_tasks', pending: 0, tenants: 1 },
      { at: '3_create_tasks', pending: 1, tenants: 1 },
    ]);
  });

  test('the status of a fleet does not grow with the fleet', () => {
    const status = fold(
      Array.from({ length: 5_000 }, (_, index) => standing(`t${index}`, index % 3)),
    );
    expect(status).toMatchObject({ total: 5_000, behind: 5_000 });
    expect(status.behindTenants).toHaveLength(MOST_BEHIND);
    expect(status.behindTenants.every(({ pending }) => pending === 3)).toBe(true);
    expect(JSON.stringify(status).length).toBeLessThan(5_000);
  });

  test('the status of a fleet does not depend on the order of the readings', () => {
    const reading = fc.tuple(fc.integer({ min: -3, max: 3 }), fc.boolean());
    fc.assert(
      fc.property(
        fc.array(reading, { maxLength: 60 }),
        fc.infiniteStream(fc.nat()),
        (facts, random) => {
          const readings = facts.map(([level, ahead], index) =>
            level < 0
              ? unreadable(`t${index}`, 1044 - level)
              : standing(`t${index}`, level, ahead ? ['ahead'] : []),
          );
          const shuffled = readings
            .map((one) => ({ one, key: random.next().value ?? 0 }))
            .sort((a, b) => a.key - b.key)
            .map(({ one }) => one);
          expect(fold(shuffled)).toEqual(fold(readings));
        },
      ),
    );
  });
});

test('addReading sums the backfills of a fleet up, in any order', () => {
  const reading = (slug: string, backfills: readonly StoredBackfill[]): TenantReading => ({
    status: 'read',
    tenant: tenant(slug),
    standing: { at: null, pending: [] },
    notes: [],
    backfills,
  });
  const of = (rowsDone: number, more: Partial<StoredBackfill> = {}): StoredBackfill => ({
    ...{ migration: '1_a', rowsDone, rowsChanged: 0, isRunning: false },
    ...more,
  });
  const readings = [
    reading('a', [of(100, { rowsExpected: 1_000, rowsPerSecond: 50, isRunning: true })]),
    // A rate of long ago shows nothing about now, and an estimate may be too small.
    reading('b', [of(300, { rowsExpected: 200, rowsPerSecond: 70 }), of(0)]),
    { ...reading('c', []), backfills: undefined },
  ];
  const expected = {
    tenants: 2,
    running: 1,
    rowsDone: 400,
    rowsExpected: 1_300,
    rowsPerSecond: 50,
  };
  expect(readings.reduce(addReading, emptyFleetStatus()).backfills).toEqual(expected);
  expect(readings.toReversed().reduce(addReading, emptyFleetStatus()).backfills).toEqual(expected);
  expect(emptyFleetStatus().backfills).toBeUndefined();
});
