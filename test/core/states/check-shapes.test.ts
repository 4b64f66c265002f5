import { describe, expect, it } from 'vitest';
import { createBundle } from '../../../src/core/bundle/bundle.ts';
import type { SchemaState } from '../../../src/core/schema-state.ts';
import type { Shape } from '../../../src/core/shapes/shape.ts';
import { checkShapes } from '../../../src/core/states/check-shapes.ts';
import { gatedByRehearsal } from '../../../src/core/states/gated-by-rehearsal.ts';
import { listTenants } from '../../../src/core/states/list-tenants.ts';
import type { RequiredRehearsal } from '../../../src/core/states/required-rehearsal.ts';
import { settleShapes } from '../../../src/core/states/settle-shapes.ts';
import {
  checkShapesEventSchema,
  listTenantsResultSchema,
  settleShapesEventSchema,
} from '../../../src/core/wire/step-schemas.ts';
import { fleetOf, tenantOf, unchangedAttempt } from '../../support/fleet.ts';
import { FIRST, migrationOf, SECOND, stepMachine } from '../../support/step-machine.ts';
import { roundOf } from '../../support/step-run-store-contract.ts';
import { rejectionOf } from '../../support/thrown-by.ts';
import { shapeWith } from '../shapes/shape-with.ts';
import { readingOf, recordedState } from '../support/memory-shapes.ts';

const BUNDLE = createBundle([FIRST, SECOND]);
const KNOWN = shapeWith({ id: 'int' });
const OTHER = shapeWith({ id: 'bigint' });
const ONE_APPLIED = recordedState([`${FIRST.id}.ts`]);

/** Evidence that covers the usual shape, and tenants of which some have other shapes. */
function rehearsalOf(
  shapes: Readonly<Record<string, Shape>> = {},
  state: SchemaState = ONE_APPLIED,
): RequiredRehearsal {
  const covered = {
    fingerprint: KNOWN.fingerprint,
    pending: [SECOND.id],
    result: 'right',
  } as const;
  return {
    load: async () => ({
      evidence: { bundle: BUNDLE.hash, shapes: [covered] },
      file: 'rehearsal.json',
    }),
    reading: readingOf(KNOWN, shapes, state),
    loadHostReaders: async () => () => undefined,
  };
}

/** An opened run of a stack that requires a rehearsal, and its states before the first wave. */
async function opened(request: unknown, tenants = fleetOf(4)) {
  const machine = stepMachine({ tenants });
  const { execution } = machine.begin();
  await machine.open(request);
  const { store, directory, deployed } = machine;
  const list = async (redriveCount = 0) =>
    listTenantsResultSchema.parse(
      await listTenants(
        { execution: { ...execution, redriveCount }, round: roundOf({}) },
        {
          ...{ store, directory, bundle: deployed.bundle, requiresRehearsal: true },
          now: () => machine.clock.at,
        },
      ),
    );
  const settle = async (
    listed: Awaited<ReturnType<typeof list>>,
    redriveCount = 0,
    problem?: string,
  ) =>
    settleShapes(
      settleShapesEventSchema.parse({
        step: 'settle-shapes',
        execution: { ...execution, redriveCount },
        round: listed.round,
        shapes: { redriveCount: listed.shapes?.redriveCount, problem },
        next: listed,
      }),
      { store },
    );
  return { ...machine, list, settle, kept: () => machine.store.runs.get('run-1') };
}

/** A batch of tenants, as the Map hands it to a function. */
const batchOf = (tenants = fleetOf(3), bundleHash = BUNDLE.hash) =>
  checkShapesEventSchema.parse({
    step: 'shapes',
    run: { runId: 'run-1', bundleHash, request: { command: 'migrate' } },
    items: tenants.map((tenant, position) => ({ wave: 1, position, tenant })),
    atATime: 2,
  });

const inTime = { bundle: BUNDLE, signal: new AbortController().signal };

describe('ListTenants of a stack that requires a rehearsal', () => {
  it('the only wave is read from its own items, and several waves from a file of all of them', async () => {
    const one = await opened({ maxConcurrency: 7, maxPerHost: 2 });
    const listed = await one.list();
    expect(listed.shapes).toEqual({
      itemsKey: listed.map.itemsKey,
      resultsPrefix: 'runs/run-1/shapes/0',
      ...{ maxConcurrency: 1, atATime: 2, redriveCount: 0 },
    });
    const several = await opened({ waves: [{ percentage: 25, canary: true }] });
    const { shapes } = await several.list(3);
    expect(shapes?.resultsPrefix).toBe('runs/run-1/shapes/3');
    expect(several.kept()?.itemsOfRun?.map(({ wave, tenant }) => [wave, tenant.slug])).toEqual([
      [1, 'tenant-000'],
      [2, 'tenant-001'],
      [2, 'tenant-002'],
      [2, 'tenant-003'],
    ]);
  });

  it('shapes are not read for a plan, a rollback or a run of nobody', async () => {
    for (const request of [{ command: 'plan' }, { command: 'rollback', steps: 1 }]) {
      expect((await (await opened(request)).list()).shapes).toBeUndefined();
    }
    expect((await (await opened({}, [])).list()).shapes).toBeUndefined();
  });
});

describe('a batch whose shapes are read', () => {
  it('a batch returns the tenants that may not be migrated, by the reason', async () => {
    const shapes = { 'tenant-001_db': OTHER, 'tenant-002_db': OTHER };
    expect(await checkShapes(batchOf(), { ...inTime, rehearsal: rehearsalOf(shapes) })).toEqual([
      {
        reason: expect.stringMatching(/^The shape [0-9a-f]{12} was not rehearsed\.$/),
        tenants: 2,
        named: ['tenant-001', 'tenant-002'],
      },
    ]);
    expect(await checkShapes(batchOf(), { ...inTime, rehearsal: rehearsalOf() })).toEqual([]);
  });

  it('a batch whose time is up, or whose bundle is no longer deployed, fails as a whole', async () => {
    const rehearsal = rehearsalOf();
    for (const failing of [
      checkShapes(batchOf(), { rehearsal, bundle: BUNDLE, signal: AbortSignal.abort() }),
      checkShapes(batchOf(fleetOf(1), 'another'), { ...inTime, rehearsal }),
    ]) {
      expect(await rejectionOf(failing)).toMatchObject({ code: 'ShapesNotChecked' });
    }
  });

  it('a batch in which every tenant has a shape of its own stays within the size of an output', async () => {
    const tenants = fleetOf(100, (number) => ({ slug: `${'long-slug-'.repeat(300)}${number}` }));
    const shapes = Object.fromEntries(
      tenants.map(({ address }, number) => [
        address.database,
        shapeWith({ [`c${number}`]: 'int' }),
      ]),
    );
    const event = batchOf(tenants);
    const refusals = await checkShapes(event, { ...inTime, rehearsal: rehearsalOf(shapes) });
    expect(JSON.stringify(refusals).length).toBeLessThan(256 * 1024);
    expect(refusals.reduce((sum, each) => sum + each.tenants, 0)).toBe(100);
    expect(refusals.at(-1)?.reason).toBe('Further shapes were not rehearsed.');
  });
});

describe('SettleShapes', () => {
  it('the wave begins if nobody is refused', async () => {
    const { list, settle, kept } = await opened({ waves: [{ percentage: 25, canary: true }] });
    const listed = await list();
    kept()?.refusals.set(0, []);
    const { shapes: _, ...next } = listed;
    expect(await settle(listed)).toEqual(next);
  });

  it('the run ends with each reason and its tenants, added up over the batches', async () => {
    const { list, settle, kept } = await opened({});
    const listed = await list();
    const reason = 'The shape 0a1b was not rehearsed.';
    kept()?.refusals.set(0, [
      { reason, tenants: 70, named: ['c', 'd', 'e', 'f', 'g'] },
      { reason: 'Another.', tenants: 1, named: ['z'] },
      { reason, tenants: 2, named: ['a', 'b'] },
    ]);
    const error = await rejectionOf(settle(listed));
    expect(error).toMatchObject({
      code: 'RehearsalMissing',
      message: `${reason} 72 tenants: a, b, c, d, e and 67 more. Another. 1 tenant: z.`,
    });
    expect(error).toHaveProperty('nextStep', expect.stringContaining('press Redrive'));
    // After a redrive, everything is read again.
    expect(await settle(listed, 1)).toEqual({ decision: 'AGAIN', round: listed.round });
  });

  it('the run ends if a batch has failed, or nothing was written', async () => {
    const { list, settle, kept } = await opened({});
    const listed = await list();
    expect(await rejectionOf(settle(listed))).toMatchObject({ code: 'ShapesNotChecked' });
    kept()?.refusals.set(0, []);
    const failed = await rejectionOf(settle(listed, 0, 'States.ExceedToleratedFailureThreshold'));
    expect(failed).toHaveProperty('message', expect.stringContaining('States.Exceed'));
  });
});

describe('an attempt that requires a rehearsal', () => {
  const attemptWith = (rehearsal: RequiredRehearsal, state: SchemaState, bundle = BUNDLE) =>
    gatedByRehearsal(
      async (_, { mayMigrate }) => {
        const failure = await mayMigrate?.(state);
        if (failure === undefined) return unchangedAttempt;
        return { status: 'failed', failure, applied: [], notes: [] };
      },
      rehearsal,
      bundle,
    );
  const context = (command: 'migrate' | 'plan') =>
    ({ runId: 'run-1', bundle: BUNDLE, request: { command } }) as never;
  const changed = rehearsalOf({ 'tenant-001_db': OTHER });

  it('a tenant whose shape has changed fails alone, and a plan looks at nothing', async () => {
    const attempt = attemptWith(changed, ONE_APPLIED);
    expect(await attempt(tenantOf(0), context('migrate'))).toEqual(unchangedAttempt);
    expect(await attempt(tenantOf(1), context('migrate'))).toMatchObject({
      failure: { code: 'ShapeNotRehearsed' },
    });
    expect(await attempt(tenantOf(1), context('plan'))).toEqual(unchangedAttempt);
  });

  it.each([
    ['with nothing pending', recordedState([`${FIRST.id}.ts`, `${SECOND.id}.ts`])],
    [
      'that the run has begun to migrate',
      recordedState([`${FIRST.id}.ts`], [], new Map([[FIRST.id, 'run-1']])),
    ],
    [
      'with a half-applied migration of the same run',
      recordedState([`${FIRST.id}.ts`], [{ id: SECOND.id, direction: 'up', runId: 'run-1' }]),
    ],
  ])('a tenant %s needs no evidence', async (_, state) => {
    const attempt = attemptWith(changed, state);
    expect(await attempt(tenantOf(1), context('migrate'))).toEqual(unchangedAttempt);
  });

  it('evidence about other migrations fails each tenant, and touches none', async () => {
    const other = createBundle([FIRST, migrationOf(SECOND.id, 'changed')]);
    const attempt = attemptWith(rehearsalOf(), ONE_APPLIED, other);
    expect(await rejectionOf(attempt(tenantOf(0), context('migrate')))).toMatchObject({
      code: 'RehearsalMissing',
    });
  });
});
