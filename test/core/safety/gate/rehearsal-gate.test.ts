import { expect, test } from 'vitest';
import { createBundle, type Migration } from '../../../../src/core/bundle/bundle.ts';
import { FanfoldError } from '../../../../src/core/errors.ts';
import type { AttemptContext } from '../../../../src/core/migrate/attempt.ts';
import { checkFleet } from '../../../../src/core/safety/gate/check-fleet.ts';
import { createGatedAttempt } from '../../../../src/core/safety/gate/gated-attempt.ts';
import { parseEvidence } from '../../../../src/core/safety/gate/parse-evidence.ts';
import { createRehearsalGate } from '../../../../src/core/safety/gate/rehearsal-gate.ts';
import type { RehearsalEvidence } from '../../../../src/core/safety/rehearsal/evidence.ts';
import type { SchemaState } from '../../../../src/core/schema-state.ts';
import type { Tenant } from '../../../../src/core/tenant.ts';
import { fleetOf, tenantOf } from '../../../support/fleet.ts';
import { shapeWith } from '../../shapes/shape-with.ts';
import { readingOf as readingShapes, recordedState as state } from '../../support/memory-shapes.ts';

const migration = (id: string): Migration => ({
  id,
  extension: '.js',
  checksum: id,
  load: () => Promise.reject(new Error('Nothing is run here.')),
});
const BUNDLE = createBundle([migration('1_a'), migration('2_b')]);
const OF = { bundle: BUNDLE, wanted: BUNDLE, file: 'rehearsal.json', place: 'here' } as const;
const KNOWN = shapeWith({ id: 'int' });
const OTHER = shapeWith({ id: 'bigint' });
const HALF = shapeWith({ id: 'int', added: 'int' });

const halfApplied = () => state(['1_a.js'], [{ id: '2_b', direction: 'up' }]);

const RESUMABLE = {
  migration: '2_b',
  fingerprint: HALF.fingerprint,
  pending: ['2_b'],
  result: 'right',
} as const;

const EVIDENCE: RehearsalEvidence = {
  fanfold: 'rehearsal',
  format: 1,
  tool: '1.0.0',
  madeAt: '2026-11-30T12:00:00.000Z',
  bundle: BUNDLE.hash,
  server: { product: 'MySQL', version: '9.7.4' },
  result: 'right',
  shapes: [{ fingerprint: KNOWN.fingerprint, pending: ['2_b'], result: 'right' }],
  resumable: [RESUMABLE],
  migrations: [],
};

test.each([
  ['a rehearsed shape', KNOWN, state(['1_a.js']), EVIDENCE, undefined],
  ['another shape', OTHER, state(['1_a.js']), EVIDENCE, 'was not rehearsed.'],
  ['a shape with more pending than was rehearsed', KNOWN, state([]), EVIDENCE, 'without 1_a.'],
  ['another shape with nothing pending', OTHER, state(['1_a.ts', '2_b']), EVIDENCE, undefined],
  [
    'a half-applied migration at a shape that was resumed',
    HALF,
    halfApplied(),
    EVIDENCE,
    undefined,
  ],
  [
    'a half-applied migration at another shape',
    OTHER,
    halfApplied(),
    EVIDENCE,
    'The half-applied migration 2_b at the shape',
  ],
  [
    'a half-applied migration at a shape from which another one starts',
    KNOWN,
    halfApplied(),
    EVIDENCE,
    'was not rehearsed.',
  ],
  [
    'a half-applied migration with an earlier one pending',
    HALF,
    state([], [{ id: '2_b', direction: 'up' }]),
    EVIDENCE,
    'was rehearsed without 1_a.',
  ],
  [
    'a half-applied migration by evidence of a version that did not look',
    HALF,
    halfApplied(),
    { ...EVIDENCE, resumable: undefined },
    'was not rehearsed.',
  ],
  [
    'a half-applied migration whose rehearsal failed',
    HALF,
    halfApplied(),
    { ...EVIDENCE, resumable: [{ ...RESUMABLE, result: 'wrong' }] },
    'something wrong was found.',
  ],
  [
    'a half-applied rollback, which the attempt refuses',
    OTHER,
    state(['1_a.js'], [{ id: '2_b', direction: 'down' }]),
    EVIDENCE,
    undefined,
  ],
  [
    'a rehearsal that failed',
    KNOWN,
    state(['1_a.js']),
    {
      ...EVIDENCE,
      shapes: [{ fingerprint: KNOWN.fingerprint, pending: ['2_b'], result: 'wrong' }],
    },
    'something wrong was found.',
  ],
] as const)('%s: let through or refused with the reason', (_, shape, has, evidence, reason) => {
  const refusal = createRehearsalGate(evidence, OF).refusal({ shape, state: has })?.reason;
  if (reason === undefined) expect(refusal).toBeUndefined();
  else expect(refusal).toContain(reason);
});

test('evidence about another bundle is refused before anything is read', () => {
  expect(() => createRehearsalGate({ ...EVIDENCE, bundle: 'f'.repeat(64) }, OF)).toThrow(
    'migrations were added or changed since the rehearsal',
  );
});

test('a file that is truncated, of another format or of something else is refused', () => {
  const text = JSON.stringify(EVIDENCE);
  expect(parseEvidence(text, 'e.json')).toEqual(EVIDENCE);
  for (const wrong of [text.slice(0, -5), text.replace('"format":1', '"format":2'), '{}', '']) {
    expect(() => parseEvidence(wrong, 'e.json')).toThrow(FanfoldError);
  }
});

const readingOf = (shapes: Parameters<typeof readingShapes>[1], has = state(['1_a.js'])) =>
  readingShapes(KNOWN, shapes, has);

async function* each(tenants: readonly Tenant[]): AsyncGenerator<Tenant> {
  yield* tenants;
}

test('a fleet with shapes that were not rehearsed is refused with their tenants', async () => {
  const gate = createRehearsalGate(EVIDENCE, OF);
  const shapes = { 'tenant-001_db': OTHER, 'tenant-002_db': OTHER };
  const twoAtATime = { concurrency: 2 };
  const refusals = await checkFleet(each(fleetOf(4)), twoAtATime, gate, readingOf(shapes));
  expect(() => refusals.throwIfAny('here')).toThrow(
    'was not rehearsed. 2 tenants: tenant-001, tenant-002.',
  );
  const none = await checkFleet(each(fleetOf(4)), twoAtATime, gate, readingOf({}));
  none.throwIfAny('here');
});

test('a tenant whose shape changed since the run began is refused alone, and not attempted', async () => {
  const attempted: string[] = [];
  let recorded = ['1_a.js'];
  const attempt = createGatedAttempt(
    async ({ slug }, { mayMigrate }) => {
      const failure = await mayMigrate?.(state(recorded));
      if (failure !== undefined) return { status: 'failed', failure, applied: [], notes: [] };
      attempted.push(slug);
      return { status: 'unchanged', notes: [] };
    },
    createRehearsalGate(EVIDENCE, OF),
    readingOf({ 'tenant-001_db': OTHER }),
  );
  const context = { runId: 'run', bundle: BUNDLE } as AttemptContext;
  const outcomes = await Promise.all(fleetOf(3).map((tenant) => attempt(tenant, context)));
  expect(outcomes.map(({ status }) => status)).toEqual(['unchanged', 'failed', 'unchanged']);
  expect(outcomes[1]).toMatchObject({ failure: { code: 'ShapeNotRehearsed' } });
  expect(attempted).toEqual(['tenant-000', 'tenant-002']);
  // Under the fence nothing is pending any more.
  recorded = ['1_a.js', '2_b.js'];
  expect(await attempt(tenantOf(1), context)).toMatchObject({ status: 'unchanged' });
});

test('half-applied tenants that were not rehearsed do not end the run, and are refused alone with the next step', async () => {
  const gate = createRehearsalGate(EVIDENCE, OF);
  const begun = { id: '2_b', direction: 'up' } as const;
  const has = state(['1_a.js'], [begun]);
  const reading = readingOf({ 'tenant-001_db': OTHER, 'tenant-002_db': HALF }, has);
  const tenants = fleetOf(3).slice(1);
  (await checkFleet(each(tenants), { concurrency: 2 }, gate, reading)).throwIfAny('here');
  const attemptAt = (now: SchemaState) =>
    createGatedAttempt(
      async (_, { mayMigrate }) => {
        const failure = await mayMigrate?.(now);
        if (failure !== undefined) return { status: 'failed', failure, applied: [], notes: [] };
        return { status: 'unchanged', notes: [] };
      },
      gate,
      reading,
    );
  const context = { runId: 'run', bundle: BUNDLE } as AttemptContext;
  const [one, two] = await Promise.all(tenants.map((each) => attemptAt(has)(each, context)));
  expect(one).toMatchObject({
    failure: {
      code: 'ShapeNotRehearsed',
      message: expect.stringContaining('The half-applied migration 2_b at the shape'),
      nextStep: expect.stringContaining('fanfold migrate:resolve tenant-001'),
    },
  });
  expect(two).toMatchObject({ status: 'unchanged' });
  // A migration that this very run has begun was rehearsed as a whole.
  const own = state(['1_a.js'], [{ ...begun, runId: 'run' }]);
  expect(await attemptAt(own)(tenantOf(1), context)).toMatchObject({ status: 'unchanged' });
});
