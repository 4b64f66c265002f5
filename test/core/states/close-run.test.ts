import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/core/outcome.ts';
import { closeRun } from '../../../src/core/states/close-run.ts';
import type { RunNotification } from '../../../src/core/wire/notification-schema.ts';
import { parseRunRequest } from '../../../src/core/wire/parse-run-request.ts';
import type { StepExecution } from '../../../src/core/wire/step-data.ts';
import { closeRunResultSchema } from '../../../src/core/wire/step-schemas.ts';
import { idOf, refOf } from '../../support/fleet.ts';
import { type MemoryRunStore, memoryRunStore } from '../../support/memory-run-store.ts';

const execution: StepExecution = {
  arn: 'arn:execution:run',
  name: 'run',
  startedAt: '2026-11-23T08:00:00.000Z',
  redriveCount: 0,
};
const NOW = Date.parse('2026-11-23T09:00:00.000Z');

/** A run of two waves of 3 and 2 tenants, of which the first was under way. */
async function stoppedRun(command: 'migrate' | 'plan' = 'migrate'): Promise<MemoryRunStore> {
  const store = memoryRunStore();
  const { arn, name, startedAt } = execution;
  const request = parseRunRequest({ command });
  await store.openRun({ id: name, request, startedAt, execution: { arn, startedAt } });
  async function* ids(from: number, count: number) {
    for (let number = from; number < from + count; number += 1) yield idOf(number);
  }
  await store.writeWave(name, 1, ids(0, 3));
  await store.writeWave(name, 2, ids(3, 2));
  const waves = [
    { size: 3, canary: false },
    { size: 2, canary: false },
  ];
  await store.writeState(name, { status: 'running', waves, wavesEntered: 1 });
  return store;
}

function outcome(position: number, more: Readonly<Record<string, unknown>>): Outcome {
  const common = { tenant: refOf(position), wave: 1, position, tries: 1, durationMs: 1, notes: [] };
  return { ...common, ...more } as unknown as Outcome;
}

const close = (store: MemoryRunStore, told: RunNotification[] = []) =>
  closeRun(
    { execution },
    {
      store,
      renderReport: () => '<html>',
      notify: async (notification) => void told.push(notification),
      now: () => NOW,
    },
  );

describe('closeRun', () => {
  it('closeRun adds up the reported tenants; running ones are unknown, others skipped', async () => {
    const store = await stoppedRun();
    store.putResults('run', { wave: 1, round: 1 }, [
      outcome(0, { status: 'migrated', applied: [] }),
      outcome(1, { status: 'skipped', cause: 'stopped', reason: 'The run was stopped.' }),
    ]);
    const result = await close(store);
    expect(closeRunResultSchema.parse(result)).toEqual(result);
    expect(result.summary).toMatchObject({
      total: 5,
      counts: { migrated: 1, skipped: 3, unknown: 1, failed: 0 },
    });
    expect(store.runs.get('run')).toMatchObject({
      left: [1, 2, 3, 4].map(idOf),
      summary: { total: 5, counts: { migrated: 1, skipped: 3, unknown: 1 } },
      report: '<html>',
      state: {
        status: 'interrupted',
        stopped: { reason: 'interrupted', message: 'The run was stopped.' },
        finishedAt: '2026-11-23T09:00:00.000Z',
      },
    });
  });

  it('closeRun counts a wave whose Map left no results as unknown', async () => {
    const { summary } = await close(await stoppedRun());
    expect(summary.counts).toMatchObject({ unknown: 3, skipped: 2 });
  });

  it('closeRun gives the same result when it is called twice, and leaves the round to a redrive', async () => {
    const store = await stoppedRun();
    const first = await close(store);
    expect(await close(store)).toEqual(first);
    expect(store.runs.get('run')?.roundSummaries.size).toBe(0);
  });

  it('tells that the run was stopped, under one id however often it is asked', async () => {
    const store = await stoppedRun();
    const told: RunNotification[] = [];
    await close(store, told);
    await close(store, told);
    expect(told.map(({ id }) => id)).toEqual(Array(2).fill('run/0-1-0-0/stopped'));
    expect(told[0]).toMatchObject({ reason: 'The run was stopped.', counts: { unknown: 3 } });
  });

  it('closeRun writes no tenants to retry for a plan', async () => {
    const store = await stoppedRun('plan');
    await close(store);
    expect(store.runs.get('run')?.left).toBeUndefined();
  });

  it('closeRun reports that the run does not exist', async () => {
    await expect(close(memoryRunStore())).rejects.toMatchObject({ code: 'RunUnknown' });
  });
});
