import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBundle, type Migration } from '../../../src/core/bundle/bundle.ts';
import { planRollback } from '../../../src/core/migrate/plan-rollback.ts';
import { rollbackTenant } from '../../../src/core/migrate/rollback-tenant.ts';
import type { FencedDatabase, TenantDatabase } from '../../../src/core/ports.ts';
import type { RunRequest } from '../../../src/core/request.ts';
import type { SchemaState } from '../../../src/core/schema-state.ts';
import { requestOf } from '../../support/fleet.ts';

const IDS = ['1_a', '2_b', '3_c', '4_d'];

function migrationOf(id: string, hasDown = true): Migration {
  const module = { up: () => {}, ...(hasDown && { down: () => {} }) };
  return { id, extension: '.js', checksum: id, load: async () => module };
}

const bundle = createBundle(IDS.map((id) => migrationOf(id)));

/** The state of a database in which these runs have applied the migrations of the bundle in order. */
function appliedBy(runs: readonly (string | undefined)[], more: Partial<SchemaState> = {}) {
  const ids = IDS.slice(0, runs.length);
  return {
    rows: ids.map((id, index) => ({ name: `${id}.js`, batch: index + 1 })),
    checksums: new Map(ids.map((id) => [id, id])),
    appliedBy: new Map(ids.flatMap((id, index) => (runs[index] ? [[id, runs[index]]] : []))),
    revertedBy: new Map(),
    open: [],
    ...more,
  } as SchemaState;
}

function plan(request: Partial<RunRequest>, state: SchemaState, of = bundle) {
  return planRollback({ runId: 'now', bundle: of, request: requestOf(request) }, state);
}

async function reverting(request: Partial<RunRequest>, state: SchemaState, of = bundle) {
  return (await plan(request, state, of)).reverting.map(({ migration }) => migration.id);
}

describe('planRollback', () => {
  it('planRollback rolls back what a run has applied, the newest first', async () => {
    const state = appliedBy(['r1', 'r1', 'r2', 'r2']);
    expect(await reverting({ run: 'r2' }, state)).toEqual(['4_d', '3_c']);
    expect(await reverting({ run: 'unknown' }, state)).toEqual([]);
  });

  it('planRollback rolls back what comes after a migration, or the newest steps', async () => {
    const state = appliedBy(['r1', undefined, 'r2', 'r2']);
    expect(await reverting({ to: '2_b' }, state)).toEqual(['4_d', '3_c']);
    expect(await reverting({ to: '2_b.js' }, state)).toEqual(['4_d', '3_c']);
    expect(await reverting({ steps: 3 }, state)).toEqual(['4_d', '3_c', '2_b']);
  });

  it('planRollback never rolls back more steps than requested, however often it is interrupted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 0, max: 3 }),
        async (steps, done) => {
          const doneIds = IDS.toReversed().slice(0, Math.min(done, steps));
          const state = appliedBy(['r', 'r', 'r', 'r'].slice(doneIds.length), {
            revertedBy: new Map(doneIds.map((id) => [id, 'first attempt'])),
          });
          const rest = await reverting({ steps, stepsOf: 'first attempt' }, state);
          expect(doneIds.length + rest.length).toBe(steps);
        },
      ),
    );
  });

  it('planRollback refuses to leave nothing, unless that is allowed', async () => {
    const state = appliedBy(['r1', 'r1']);
    await expect(plan({ run: 'r1' }, state)).rejects.toMatchObject({ code: 'RollbackWouldEmpty' });
    expect(await reverting({ run: 'r1', allowEmpty: true }, state)).toEqual(['2_b', '1_a']);
  });

  it('planRollback refuses a run after which others have applied migrations, and names them', async () => {
    await expect(
      plan({ run: 'r1' }, appliedBy(['r0', 'r1', undefined, 'r3'])),
    ).rejects.toMatchObject({
      code: 'RollbackNotNewest',
      message: expect.stringMatching(/3_c.*4_d.*r3/),
      nextStep: expect.stringContaining('r3'),
    });
    await expect(plan({ run: 'r1' }, appliedBy(['r0', 'r1', undefined]))).rejects.toMatchObject({
      nextStep: expect.stringContaining('--to'),
    });
  });

  it('planRollback refuses migrations without down, and such as the bundle lacks', async () => {
    const without = createBundle([migrationOf('1_a'), migrationOf('2_b', false)]);
    await expect(plan({ steps: 1 }, appliedBy(['r', 'r']), without)).rejects.toMatchObject({
      code: 'MigrationWithoutDown',
      message: expect.stringContaining('2_b'),
    });
    const older = createBundle([migrationOf('1_a')]);
    await expect(plan({ steps: 1 }, appliedBy(['r', 'r']), older)).rejects.toMatchObject({
      code: 'MigrationsMissing',
      message: expect.stringContaining('2_b'),
    });
  });

  it('planRollback refuses while another migration is half-applied', async () => {
    for (const open of [
      { id: '9_z', direction: 'up' },
      { id: '1_a', direction: 'down' },
    ] as const) {
      await expect(
        plan({ steps: 1 }, appliedBy(['r', 'r', 'r'], { open: [open] })),
      ).rejects.toMatchObject({ code: 'HalfApplied' });
    }
  });

  it('planRollback begins with the migration whose rollback was interrupted', async () => {
    const open = [{ id: '3_c', direction: 'down' }] as const;
    const state = appliedBy(['r', 'r', 'r', 'r'], { open });
    expect(await reverting({ steps: 2 }, state)).toEqual(['3_c', '4_d']);
  });

  it('planRollback notes a file that was changed since, and refuses it in strict mode', async () => {
    const state = appliedBy(['r', 'r'], { checksums: new Map([['2_b', 'another']]) });
    expect((await plan({ steps: 1 }, state)).notes).toMatchObject([{ code: 'MigrationModified' }]);
    await expect(plan({ steps: 1, strict: true }, state)).rejects.toMatchObject({
      code: 'MigrationModified',
    });
  });
});

/** A database that rolls back until it is told to pause. */
function databaseOf(state: SchemaState) {
  const reverted: string[] = [];
  const locks: string[] = [];
  const fenced = {
    state,
    notes: [],
    async run(steps, { pause, onRecorded }) {
      for (const step of steps) {
        if (pause?.() === true) return 'paused';
        reverted.push(step.migration.id);
        onRecorded(step, 7);
      }
      return 'done';
    },
  } satisfies Partial<FencedDatabase> as unknown as FencedDatabase;
  const database: TenantDatabase = {
    readState: async () => state,
    readBackfills: async () => [],
    takeHostSlot: async (most) => void locks.push(`slot of ${most}`),
    async usingFence(_, work) {
      locks.push('fence');
      return work(fenced);
    },
  };
  const attempt = (request: Partial<RunRequest>, pause?: () => boolean) =>
    rollbackTenant(
      database,
      { runId: 'now', bundle, request: requestOf(request), pause },
      { fenceWaitSeconds: 1, progress: { reverted: [], notes: [] } },
    );
  return { attempt, reverted, locks };
}

describe('rollbackTenant', () => {
  it('rollbackTenant rolls back under the fence, in a slot of the host', async () => {
    const { attempt, reverted, locks } = databaseOf(appliedBy(['r', 'r', 'r']));
    expect(await attempt({ steps: 2, maxPerHost: 3 })).toEqual({
      status: 'reverted',
      reverted: [
        { name: '3_c.js', durationMs: 7 },
        { name: '2_b.js', durationMs: 7 },
      ],
      notes: [],
    });
    expect(reverted).toEqual(['3_c', '2_b']);
    expect(locks).toEqual(['slot of 3', 'fence']);
  });

  it('rollbackTenant locks nothing for a plan, or if nothing is to be rolled back', async () => {
    const { attempt, locks } = databaseOf(appliedBy(['r', 'r']));
    expect(await attempt({ command: 'plan', steps: 1 })).toMatchObject({
      status: 'planned',
      reverting: ['2_b.js'],
    });
    expect(await attempt({ run: 'unknown' })).toMatchObject({ status: 'unchanged' });
    expect(locks).toEqual([]);
  });

  it('rollbackTenant reports how far it came if it is paused', async () => {
    const { attempt, reverted } = databaseOf(appliedBy(['r', 'r', 'r']));
    expect(await attempt({ steps: 2 }, () => reverted.length >= 1)).toMatchObject({
      status: 'continue',
      reverted: [{ name: '3_c.js' }],
    });
  });
});
