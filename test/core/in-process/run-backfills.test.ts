import { expect, it } from 'vitest';
import { createBundle } from '../../../src/core/bundle/bundle.ts';
import { runFanOut } from '../../../src/core/in-process/run-fan-out.ts';
import type { AttemptTenant } from '../../../src/core/migrate/attempt.ts';
import { parseRunRequest } from '../../../src/core/wire/parse-run-request.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { directoryOf, fleetOf } from '../../support/fleet.ts';
import { memoryRunStore } from '../../support/memory-run-store.ts';

const NOTE = { code: 'BackfillsPending', message: '1 backfill pending' } as const;

it('changes the schema of the whole fleet before the first backfill', async () => {
  const calls: string[] = [];
  const attemptTenant: AttemptTenant = async ({ slug }, { request, leavesBackfills }) => {
    calls.push(`${slug} ${request.phase}${leavesBackfills ? ', leaves backfills' : ''}`);
    if (slug === 'tenant-001' && leavesBackfills) return { status: 'unchanged', notes: [] };
    if (leavesBackfills) {
      return { status: 'migrated', applied: [{ name: '1_a.js', durationMs: 1 }], notes: [NOTE] };
    }
    return { status: 'migrated', applied: [{ name: '2_fill.js', durationMs: 1 }], notes: [] };
  };
  const store = memoryRunStore();
  const directory = directoryOf(fleetOf(3));
  const { summary } = await runFanOut(
    {
      id: 'run-1',
      bundle: createBundle([]),
      request: parseRunRequest({ phase: 'all', waves: [{ percentage: 30 }], maxConcurrency: 1 }),
    },
    {
      ...{ directory, store, attemptTenant, clock: fakeClock(), random: () => 0 },
      ...{ report: () => {}, renderReport: () => '' },
    },
  );
  expect(calls).toEqual([
    'tenant-000 schema, leaves backfills',
    'tenant-001 schema, leaves backfills',
    'tenant-002 schema, leaves backfills',
    'tenant-000 all',
    'tenant-002 all',
  ]);
  expect(summary).toMatchObject({ total: 3, counts: { migrated: 2, unchanged: 1 }, notes: {} });
});

it('waits for the hours of backfills, and says so once', async () => {
  const clock = fakeClock();
  const warnings: string[] = [];
  const attempted: number[] = [];
  const opens = new Date(clock.now() + 3 * 3_600_000);
  const hour = opens.getUTCHours();
  const pad = (value: number) => String(value % 24).padStart(2, '0');
  await runFanOut(
    {
      id: 'run-1',
      bundle: createBundle([]),
      request: parseRunRequest({
        ...{ phase: 'backfills', maxConcurrency: 1 },
        backfillWindows: [`${pad(hour)}:00-${pad(hour + 1)}:00`],
      }),
    },
    {
      attemptTenant: async () => {
        attempted.push(clock.now());
        return { status: 'unchanged', notes: [] };
      },
      ...{ directory: directoryOf(fleetOf(2)), store: memoryRunStore(), clock, random: () => 0 },
      report: (event) => {
        if (event.type === 'warning') warnings.push(event.note.code);
      },
      renderReport: () => '',
    },
  );
  expect(attempted.map((at) => new Date(at).getUTCHours())).toEqual([hour, hour]);
  expect(warnings).toEqual(['BackfillsClosed']);
});
