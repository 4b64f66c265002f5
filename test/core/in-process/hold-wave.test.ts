import { describe, expect, it } from 'vitest';
import { createBundle } from '../../../src/core/bundle/bundle.ts';
import type { RunEvent } from '../../../src/core/events.ts';
import { type FanOutDependencies, runFanOut } from '../../../src/core/in-process/run-fan-out.ts';
import type { RunRequest } from '../../../src/core/request.ts';
import type { WatchVerdict } from '../../../src/core/rollout/rollout.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { directoryOf, fleetOf, migratedAttempt, requestOf } from '../../support/fleet.ts';
import { memoryRunStore } from '../../support/memory-run-store.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

const bundle = createBundle([]);
const CANARY = [{ tenants: ['tenant-000'] }];
const MINUTE = 60_000;

/** Three tenants, the first of which is a canary; the clock begins at 05:57:12 on a Monday. */
function given(more: Partial<FanOutDependencies> = {}) {
  const store = memoryRunStore();
  const clock = fakeClock();
  const events: RunEvent[] = [];
  const attempts: { readonly slug: string; readonly at: number }[] = [];
  const began = clock.now();
  const dependencies: FanOutDependencies = {
    directory: directoryOf(fleetOf(3)),
    store,
    attemptTenant: async ({ slug }) => {
      attempts.push({ slug, at: clock.now() - began });
      return migratedAttempt;
    },
    report: (event) => events.push(event),
    renderReport: () => '',
    clock,
    random: () => 0.5,
    ...more,
  };
  const run = (request: Partial<RunRequest>, id = 'run-1', signal?: AbortSignal) =>
    runFanOut(
      { id, request: requestOf({ waves: CANARY, maxConcurrency: 1, ...request }), bundle },
      dependencies,
      signal,
    );
  const held = () => events.filter((event) => event.type === 'wave-held');
  return { store, clock, began, events, held, attempts, run };
}

describe('a wave that is held in one process', () => {
  it('a wave waits for the bake, and is not held without a request', async () => {
    const plain = given();
    await plain.run({});
    expect(plain.clock.sleeps).toEqual([]);
    expect(plain.store.runs.get('run-1')?.rollout).toBeUndefined();

    const { run, attempts, held, store } = given();
    const { state } = await run({ bakeMinutes: 30 });
    expect(state.status).toBe('succeeded');
    expect(attempts.map(({ at }) => at)).toEqual([0, 30 * MINUTE, 30 * MINUTE]);
    expect(held()).toMatchObject([
      {
        wave: 2,
        gate: 'bake',
        until: '2026-11-23T06:27:12.000Z',
        message: expect.stringContaining('30'),
      },
    ]);
    expect(store.runs.get('run-1')?.rollout).toEqual({ decisions: [] });
  });

  it('a wave waits for a window, and so does the first one', async () => {
    const { run, attempts, held } = given();
    await run({ windows: ['22:00-06:00'], timeZone: 'Asia/Tokyo', waves: [] });
    // 05:57 in UTC is 14:57 in Tokyo.
    expect(attempts[0]?.at).toBe(
      Date.parse('2026-11-23T13:00:00Z') - Date.parse('2026-11-23T05:57:12Z'),
    );
    expect(held()).toMatchObject([{ wave: 1, gate: 'window', until: '2026-11-23T13:00:00.000Z' }]);
  });

  it('a failed watch ends the bake early, and leaves the other tenants', async () => {
    const looks: WatchVerdict[] = [
      { isWell: true },
      { isWell: true },
      { isWell: false, message: 'The command of --watch ended with exit code 1.' },
    ];
    const { run, attempts, store } = given({
      askWatch: async () => looks.shift() ?? { isWell: true },
    });
    const { state, summary } = await run({ bakeMinutes: 60, watch: { command: './healthy.sh' } });
    expect(state).toMatchObject({
      status: 'failed',
      wavesEntered: 1,
      stopped: { reason: 'halted', message: expect.stringContaining('exit code 1') },
    });
    expect(attempts.map(({ slug }) => slug)).toEqual(['tenant-000']);
    expect(summary.counts).toMatchObject({ migrated: 1, skipped: 2 });
    const kept = store.runs.get('run-1');
    expect(kept?.left).toHaveLength(2);
    expect(kept?.rollout?.held).toMatchObject({ wave: 2, gate: 'watch' });
  });

  it('an approval of another process lets the wave begin, and is kept with who and why', async () => {
    const { run, store, clock, events, held } = given();
    const decided = {
      wave: 2,
      verdict: 'approved',
      by: 'ada@build-1',
      why: 'fine',
      at: '2026-11-23T06:00:00.000Z',
    } as const;
    const running = run({ approval: 'canary' });
    await clock.sleep(3 * MINUTE, new AbortController().signal);
    expect(store.runs.get('run-1')?.rollout?.held).toMatchObject({
      wave: 2,
      gate: 'approval',
      needsApproval: true,
      until: '2026-11-24T05:57:12.000Z',
    });
    const { seenAt = '' } = store.runs.get('run-1')?.rollout?.held ?? {};
    expect(clock.now() - Date.parse(seenAt)).toBeLessThanOrEqual(11_000);
    await store.decideApproval('run-1', decided);
    expect((await running).state.status).toBe('succeeded');
    expect(held()).toHaveLength(1);
    expect(events).toContainEqual({
      type: 'wave-decided',
      runId: 'run-1',
      wave: 2,
      verdict: 'approved',
      by: 'ada@build-1',
      why: 'fine',
    });
    expect(store.runs.get('run-1')?.rollout).toEqual({ decisions: [decided] });
  });

  it('a rejection of another process ends the run', async () => {
    const { run, store, clock, attempts } = given();
    const running = run({ approval: 'waves' });
    await clock.sleep(MINUTE, new AbortController().signal);
    const at = '2026-11-23T05:58:00.000Z';
    await store.decideApproval('run-1', {
      wave: 2,
      verdict: 'rejected',
      by: 'ada',
      why: 'slow',
      at,
    });
    const { state } = await running;
    expect(state).toMatchObject({
      status: 'failed',
      stopped: { reason: 'rejected', message: 'Wave 2 was rejected by ada: slow.' },
    });
    expect(attempts).toHaveLength(1);
    expect(store.runs.get('run-1')?.left).toHaveLength(2);
  });

  it('a run ends if nobody decides in time, and nobody can decide after that', async () => {
    const { run, store } = given();
    const { state } = await run({ approval: 'canary', approvalHours: 0.5 });
    expect(state).toMatchObject({ status: 'failed', stopped: { reason: 'expired' } });
    const late = { wave: 2, verdict: 'approved', at: '2026-11-23T07:00:00.000Z' } as const;
    expect(await store.decideApproval('run-1', late)).toMatchObject({ verdict: 'expired' });
  });

  it('an approved wave waits for the next window if the first has closed meanwhile', async () => {
    const { run, store, clock, attempts, began, held } = given();
    const running = run({ approval: 'canary', windows: ['05:00-06:30'] });
    await clock.sleep(60 * MINUTE, new AbortController().signal);
    const at = new Date(clock.now()).toISOString();
    await store.decideApproval('run-1', { wave: 2, verdict: 'approved', by: 'ada', why: 'ok', at });
    await running;
    expect(held().map(({ gate }) => gate)).toEqual(['approval', 'window']);
    expect(began + (attempts[1]?.at ?? 0)).toBe(Date.parse('2026-11-24T05:00:00Z'));
  });

  it('a retry waits for the approval that was not given, unless it waives it', async () => {
    const { run, store, clock, attempts } = given();
    await run({ approval: 'canary', approvalHours: 1 });
    const retry = run(
      { approval: 'canary', approvalHours: 1, waves: [], retryOf: 'run-1' },
      'run-2',
    );
    await clock.sleep(MINUTE, new AbortController().signal);
    expect(store.runs.get('run-2')?.rollout?.held).toMatchObject({ wave: 1, gate: 'approval' });
    await retry;
    expect(attempts).toHaveLength(1);
    await run({ approval: 'none', waves: [], retryOf: 'run-1' }, 'run-3');
    expect(attempts).toHaveLength(3);
  });

  it('receivers of notifications hear of each wait and decision once', async () => {
    const told: string[] = [];
    const channels = [
      {
        name: 'chat',
        send: async ({ text }: { readonly text: string }) => void told.push(text),
      },
    ];
    const { run, store, clock } = given({ channels });
    const running = run({
      bakeMinutes: 10,
      approval: 'canary',
      watch: {},
      windows: ['07:00-08:00'],
    });
    await clock.sleep(90 * MINUTE, new AbortController().signal);
    const at = new Date(clock.now()).toISOString();
    await store.decideApproval('run-1', { wave: 2, verdict: 'approved', by: 'ada', why: 'ok', at });
    await running;
    const first = told.map((text) => text.split('\n')[0]?.replace(/^.*run-1 /, ''));
    expect(first).toEqual([
      'has started: 3 tenants in 2 waves.',
      'waits for a window before the first wave, until 2026-11-23 07:00 UTC.',
      'has finished the canary, wave 1 of 2.',
      'is baking after wave 1 of 2, until 2026-11-23 07:10 UTC.',
      'waits for approval after wave 1 of 2, until 2026-11-24 07:10 UTC.',
      'continues (by ada).',
      'has finished wave 2 of 2.',
      'is done.',
    ]);
    expect(told[4]).toContain('fanfold approve run-1 --why <reason>');
  });

  it('a wave of which nobody can be told is a warning, and the run continues', async () => {
    const told: string[] = [];
    const channels = [
      {
        name: 'chat',
        send: async ({ change }: { readonly change: string }) => void told.push(change),
      },
    ];
    const { run, store, events } = given({ channels });
    const { readOutcomes } = store;
    let reads = 0;
    store.readOutcomes = (...asked) => {
      reads += 1;
      if (reads === 1) throw new Error('The disk is slow.');
      return readOutcomes(...asked);
    };
    expect((await run({})).state.status).toBe('succeeded');
    expect(told).toEqual(['started', 'wave-done', 'done']);
    expect(events.filter(({ type }) => type === 'warning')).toEqual([
      {
        type: 'warning',
        runId: 'run-1',
        note: {
          code: 'NotificationFailed',
          message: 'Nobody was told that wave 1 is done: Error: The disk is slow.',
        },
      },
    ]);
  });

  it('an interruption ends a run whose wave is held', async () => {
    const { run, clock, store } = given();
    const controller = new AbortController();
    const running = run({ bakeMinutes: 600 }, 'run-1', controller.signal);
    await clock.sleep(MINUTE, new AbortController().signal);
    controller.abort();
    const { state, summary } = await running;
    expect(state).toMatchObject({ status: 'interrupted', stopped: { reason: 'interrupted' } });
    expect(summary.counts).toMatchObject({ migrated: 1, skipped: 2 });
    expect(store.runs.get('run-1')?.rollout?.held).toMatchObject({ gate: 'bake' });
  });

  it('a run whose windows never open is refused before the first tenant', async () => {
    const { run, attempts, store } = given();
    expect(await rejectionOf(run({ windows: ['0 0 31 2 * for 8h'] }))).toMatchObject({
      code: 'RequestInvalid',
    });
    expect(attempts).toEqual([]);
    expect(store.runs.size).toBe(0);
  });

  it('a program that cannot run the command of a watch does not start the wave', async () => {
    const { run } = given();
    const { state } = await run({ watch: { command: 'true' } });
    expect(state.stopped).toMatchObject({ reason: 'halted' });
  });
});
