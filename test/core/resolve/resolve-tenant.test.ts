import { describe, expect, it } from 'vitest';
import { createBundle } from '../../../src/core/bundle/bundle.ts';
import type { StatementStanding } from '../../../src/core/half-applied.ts';
import type { FencedDatabase, TenantDatabase } from '../../../src/core/ports.ts';
import type { Resolution } from '../../../src/core/resolve/resolution.ts';
import {
  createResolveTenant,
  type ResolveRequest,
} from '../../../src/core/resolve/resolve-tenant.ts';
import type { StatementsAhead } from '../../../src/core/resolve/statements-ahead.ts';
import { tenantOf } from '../../support/fleet.ts';

const MIGRATION = '2_b';

interface HalfApplied {
  readonly statements: readonly StatementStanding[];
  readonly ahead?: StatementsAhead;
  readonly open?: readonly { id: string; direction: 'up' | 'down' }[];
  readonly folder?: readonly string[];
}

function statement(number: number, standing: StatementStanding['standing']): StatementStanding {
  return { number, standing, text: `ALTER TABLE t${number}` };
}

/** A tenant in which the second migration is half-applied. */
function halfApplied({ statements, ahead, open, folder = ['1_a', MIGRATION] }: HalfApplied) {
  const resolutions: Resolution[] = [];
  let fences = 0;
  const state = {
    rows: [{ name: '1_a.ts', batch: 4 }],
    checksums: new Map(),
    appliedBy: new Map(),
    revertedBy: new Map(),
    open: open ?? [{ id: MIGRATION, direction: 'up' as const }],
  };
  const fenced: FencedDatabase = {
    state,
    notes: [],
    run: async () => 'done',
    baseline: async () => {},
    applySnapshot: async () => 'applied',
    statements: async () => [...statements],
    label: async () => undefined,
    ahead: async () => ahead ?? { statements: [], unknown: [] },
    resolve: async (resolution) => void resolutions.push(resolution),
  };
  const database: TenantDatabase = {
    readState: async () => state,
    readBackfills: async () => [],
    takeHostSlot: async () => {},
    async usingFence(_, work) {
      fences += 1;
      return work(fenced);
    },
  };
  const module = { up: () => {}, down: () => {} };
  const bundle = createBundle(
    folder.map((id) => ({ id, extension: '.ts', checksum: id, load: async () => module })),
  );
  const { look, resolve } = createResolveTenant({
    databases: { using: (_, work) => work(database) },
    passwords: { open: async () => 'password' },
  });
  const shown: unknown[] = [];
  const decide = (request: Partial<ResolveRequest>) =>
    resolve(tenantOf(1), {
      ...{ kind: 'applied', migration: MIGRATION, by: 'me@here', runId: 'r', bundle },
      lockWaitTimeoutSeconds: 1,
      confirm: async (report, way) => {
        shown.push({ report, way });
        return true;
      },
      ...request,
    });
  return {
    decide,
    look: () => look(tenantOf(1), { bundle, lockWaitTimeoutSeconds: 1 }),
    resolutions,
    shown,
    fences: () => fences,
  };
}

const COMPLETE = [statement(1, 'applied'), statement(2, 'applied')];
const HALF = [statement(1, 'applied'), statement(2, 'not applied')];
const NOTHING = [statement(1, 'not applied')];

describe('looking at half-applied migrations', () => {
  it('a half-applied migration is reported with its statements and the ways out', async () => {
    const { look } = halfApplied({ statements: HALF });
    expect(await look()).toMatchObject([
      {
        migration: MIGRATION,
        file: '2_b.ts',
        statements: HALF,
        ways: [{ kind: 'applied' }, { kind: 'retry' }, { kind: 'revert' }],
      },
    ]);
  });

  it('looking for half-applied migrations locks nothing in a tenant that has none', async () => {
    const { look, fences } = halfApplied({ statements: [], open: [] });
    expect(await look()).toEqual([]);
    expect(fences()).toBe(0);
  });
});

describe('resolving a half-applied migration', () => {
  it('resolving a half-applied migration marks it as applied if all of its statements are in the database', async () => {
    const { decide, resolutions } = halfApplied({ statements: COMPLETE });
    expect(await decide({ kind: 'applied', migration: '2_b.ts' })).toBe('resolved');
    expect(resolutions).toMatchObject([
      { kind: 'applied', id: MIGRATION, name: '2_b.ts', batch: 5, by: 'me@here' },
    ]);
  });

  it('resolving a half-applied migration marks it to be retried if nothing of it is in the database', async () => {
    const { decide, resolutions } = halfApplied({ statements: NOTHING });
    expect(await decide({ kind: 'retry' })).toBe('resolved');
    expect(resolutions).toMatchObject([{ kind: 'retry' }]);
  });

  it('resolving a half-applied migration shows the report and the way before anything is changed, and accepts a no', async () => {
    const { decide, resolutions, shown } = halfApplied({ statements: COMPLETE });
    const confirm = async (report: unknown, way: unknown) => {
      shown.push({ report, way });
      return false;
    };
    expect(await decide({ confirm })).toBe('declined');
    expect(shown).toMatchObject([{ report: { migration: MIGRATION }, way: { kind: 'applied' } }]);
    expect(resolutions).toEqual([]);
  });

  it('resolving a half-applied migration refuses what has to be done by hand until somebody says that it was', async () => {
    const { decide, resolutions } = halfApplied({ statements: HALF });
    await expect(decide({ kind: 'applied' })).rejects.toMatchObject({
      code: 'ResolutionUnsafe',
      nextStep: expect.stringContaining('--by-hand'),
    });
    expect(resolutions).toEqual([]);
  });

  it('resolving a half-applied migration refuses what the database contradicts until somebody vouches for the statement', async () => {
    const { decide, resolutions } = halfApplied({ statements: HALF });
    await expect(decide({ kind: 'applied', byHand: 'all' })).rejects.toMatchObject({
      code: 'ResolutionUnsafe',
      message: expect.stringContaining('statement 2'),
      nextStep: expect.stringContaining('--by-hand 2'),
    });
    expect(await decide({ kind: 'applied', byHand: [2] })).toBe('resolved');
    expect(resolutions).toMatchObject([{ byHand: [2] }]);
  });

  it('resolving a half-applied migration refuses a migration that is not half-applied, and names those that are', async () => {
    const { decide } = halfApplied({ statements: HALF });
    await expect(decide({ migration: '1_a' })).rejects.toMatchObject({
      code: 'NothingToResolve',
      nextStep: expect.stringContaining(MIGRATION),
    });
    const none = halfApplied({ statements: [], open: [] });
    await expect(none.decide({})).rejects.toMatchObject({ code: 'NothingToResolve' });
  });

  it('resolving a half-applied migration refuses to run the down of a migration that the folder lacks', async () => {
    const { decide } = halfApplied({ statements: HALF, folder: ['1_a'] });
    await expect(decide({ kind: 'revert' })).rejects.toMatchObject({ code: 'MigrationUnknown' });
  });
});
