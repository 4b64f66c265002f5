import { expect, it } from 'vitest';
import { createBundle } from '../../../src/core/bundle/bundle.ts';
import type { DigestSnapshot } from '../../../src/core/digests/statement-digest.ts';
import { FanfoldError } from '../../../src/core/errors.ts';
import type { RunEvent } from '../../../src/core/events.ts';
import { runFanOut } from '../../../src/core/in-process/run-fan-out.ts';
import type { RunRequest } from '../../../src/core/request.ts';
import type { RunNotification } from '../../../src/core/wire/notification-schema.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { directoryOf, fleetOf, migratedAttempt, requestOf } from '../../support/fleet.ts';
import { memoryRunStore } from '../../support/memory-run-store.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

const WAVES = [{ tenants: ['tenant-000'] }, { tenants: ['tenant-001'], canary: false }];

/** One kind of statement after so many executions of these means. */
function counted(count: number, timeMs: number, rows: number): DigestSnapshot {
  const text = 'SELECT * FROM `tasks` WHERE `user_id` = ?';
  const sums = { count, timeMs: count * timeMs, rowsExamined: count * rows, errors: 0 };
  return { statements: new Map([['d', { digest: 'd', text, ...sums }]]), isCut: false };
}

/**
 * Three tenants in three waves. Each reading of a tenant is the next of `readings`, then the last one; an error is
 * thrown.
 */
function given(readings: readonly (DigestSnapshot | Error)[]) {
  const store = memoryRunStore();
  const events: RunEvent[] = [];
  const attempts: string[] = [];
  const told: RunNotification[] = [];
  const reads: string[] = [];
  const run = (request: Partial<RunRequest> = {}) =>
    runFanOut(
      {
        id: 'run-1',
        request: requestOf({
          waves: WAVES,
          maxConcurrency: 1,
          bakeMinutes: 5,
          watch: { digest: true },
          ...request,
        }),
        bundle: createBundle([]),
      },
      {
        directory: directoryOf(fleetOf(3)),
        store,
        attemptTenant: async ({ slug }) => {
          attempts.push(slug);
          return migratedAttempt;
        },
        async readDigests({ slug }) {
          const number = reads.filter((read) => read === slug).length;
          reads.push(slug);
          const reading = readings[Math.min(number, readings.length - 1)];
          if (reading === undefined || reading instanceof Error) throw reading;
          return reading;
        },
        report: (event) => events.push(event),
        renderReport: () => '',
        clock: fakeClock(),
        random: () => 0.5,
        channels: [{ name: 'a list', send: async (one) => void told.push(one) }],
      },
    );
  const warnings = () =>
    events.flatMap((event) => (event.type === 'warning' ? [event.note.message] : []));
  return { run, events, attempts, told, reads, warnings };
}

const unavailable = new FanfoldError('DigestsUnavailable', 'The server does not count.', {
  fault: 'configuration',
  nextStep: 'Switch it on.',
});

it('a statement of the canary that became slower stops the rollout at the next look, and is named', async () => {
  const { run, attempts, told } = given([
    counted(1_000, 0.4, 12),
    counted(1_000, 0.4, 12),
    counted(1_020, 3, 5_000),
  ]);
  const { state } = await run();
  expect(attempts).toEqual(['tenant-000']);
  expect(state).toMatchObject({ status: 'failed', stopped: { reason: 'halted' } });
  expect(state.stopped?.message).toContain('SELECT * FROM `tasks` WHERE `user_id` = ?');
  expect(told.map(({ change }) => change)).toEqual(['started', 'wave-done', 'baking', 'held']);
  expect(told.at(-1)).toMatchObject({
    wave: 1,
    waves: 3,
    counts: { migrated: 1 },
    reason: expect.stringContaining('times as long'),
    nextStep: 'Retry with: `fanfold migrate:retry run-1`',
  });
});

it('each wave but the last is watched, from before it until the next one begins', async () => {
  const { run, attempts, reads, warnings } = given([
    counted(1_000, 0.4, 12),
    counted(1_000, 0.4, 12),
    counted(1_100, 0.4, 12),
  ]);
  const { state } = await run();
  expect(state.status).toBe('succeeded');
  expect(attempts).toEqual(['tenant-000', 'tenant-001', 'tenant-002']);
  expect(new Set(reads)).toEqual(new Set(['tenant-000', 'tenant-001']));
  expect(warnings()).toEqual([]);
});

it('statements that cannot be read refuse the run before anything is changed', async () => {
  const { run, attempts, events } = given([unavailable]);
  expect(await rejectionOf(run())).toBe(unavailable);
  expect([attempts, events]).toEqual([[], []]);
});

it('statements that no tenant shows any more after the wave stop the rollout', async () => {
  const { run, attempts } = given([counted(1_000, 0.4, 12), unavailable]);
  const { state } = await run();
  expect(attempts).toEqual(['tenant-000']);
  expect(state.stopped?.message).toContain('The server does not count.');
});

it('a tenant that cannot be reached before its wave does not refuse the run, and a warning says so', async () => {
  const { run, attempts, warnings } = given([new Error('connect ECONNREFUSED')]);
  expect((await run()).state.status).toBe('succeeded');
  expect(attempts).toHaveLength(3);
  expect(warnings()[0]).toBe(
    'The statements of no tenant could be read before the wave, so nothing was compared.',
  );
});

it('a warning says that nothing was compared because the tenants were quiet', async () => {
  const { run, warnings } = given([counted(1_000, 0.4, 12)]);
  expect((await run()).state.status).toBe('succeeded');
  expect(warnings()).toEqual(
    Array(2).fill(
      'No statement of 1 watched tenant ran ten times both before and after the wave, so nothing was compared.',
    ),
  );
});

it('a watch of statements without a bake is refused', async () => {
  const { run } = given([counted(1, 1, 1)]);
  expect(await rejectionOf(run({ bakeMinutes: 0 }))).toMatchObject({
    code: 'RequestInvalid',
    message: expect.stringContaining('statements are compared during the bake'),
  });
});
