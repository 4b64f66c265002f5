import { describe, expect, it } from 'vitest';
import { createBundle } from '../../../src/core/bundle/bundle.ts';
import type { RunEvent } from '../../../src/core/events.ts';
import { runFanOut } from '../../../src/core/in-process/run-fan-out.ts';
import type { Attempt } from '../../../src/core/migrate/attempt.ts';
import type { RunRequest } from '../../../src/core/request.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import {
  directoryOf,
  failedAttempt,
  fleetOf,
  migratedAttempt,
  requestOf,
} from '../../support/fleet.ts';
import { memoryRunStore } from '../../support/memory-run-store.ts';

const CONNECT_MS = 10_000;
const bundle = createBundle([]);

/** A fleet in which every third tenant is on a host that answers only when `isBack` says so. */
function given(request: Partial<RunRequest>, isBack: (atMs: number, tried: number) => boolean) {
  const tenants = fleetOf(30, (number) => ({ host: number % 3 === 0 ? 'bad' : 'good' }));
  const clock = fakeClock();
  const began = clock.now();
  const events: RunEvent[] = [];
  const tried: string[] = [];
  const run = () =>
    runFanOut(
      { id: 'run-1', request: requestOf({ maxConcurrency: 8, ...request }), bundle },
      {
        directory: directoryOf(tenants),
        store: memoryRunStore(),
        attemptTenant: async ({ slug, address }, { onAnswer }): Promise<Attempt> => {
          if (address.host === 'bad') {
            tried.push(slug);
            if (!isBack(clock.now() - began, tried.length)) {
              await clock.sleep(CONNECT_MS, new AbortController().signal);
              return failedAttempt('ConnectionTimedOut', true);
            }
          }
          onAnswer?.();
          await clock.sleep(50, new AbortController().signal);
          return migratedAttempt;
        },
        report: (event) => events.push(event),
        renderReport: () => '',
        clock,
        random: () => 0.5,
      },
    );
  const rounds = () => events.filter((event) => event.type === 'round-started');
  return { run, rounds, tried, events, clock, began };
}

describe('a host that is down', () => {
  it('a host that is down is tried once more at the end, by one of its tenants', async () => {
    const { run, rounds, tried, events } = given({}, () => false);
    const { summary, state } = await run();
    expect(summary.counts).toMatchObject({ migrated: 20, failed: 10 });
    expect(summary.failures).toMatchObject([{ code: 'HostDown', count: 10, retryable: true }]);
    expect(state.status).toBe('failed');
    expect(rounds()).toMatchObject([{ wave: 1, round: 2, total: 10, hostsDown: true }]);
    expect(tried).toHaveLength(3);
    // Told when it happens, and once.
    expect(events.filter((event) => event.type === 'warning')).toMatchObject([
      { note: { code: 'HostDown' } },
    ]);
  });

  it('a host that is down is one cause in the end, even if its first tenants failed before that was known', async () => {
    const tenants = fleetOf(30, (number) => ({ host: number % 3 === 0 ? 'bad' : 'good' }));
    const { summary } = await runFanOut(
      { id: 'run-1', request: requestOf({ maxConcurrency: 8 }), bundle },
      {
        directory: directoryOf(tenants),
        store: memoryRunStore(),
        attemptTenant: async ({ address }) =>
          address.host === 'bad' ? failedAttempt('ConnectionRefused', true) : migratedAttempt,
        report: () => {},
        renderReport: () => '',
        clock: fakeClock(),
        random: () => 0.5,
      },
    );
    expect(summary.failures).toMatchObject([{ code: 'HostDown', count: 10 }]);
  });

  it('tenants of a host that was down are migrated at the end if it is back', async () => {
    const { run, rounds } = given({}, (atMs) => atMs >= CONNECT_MS);
    const { summary, state } = await run();
    expect(summary).toMatchObject({ counts: { migrated: 30, failed: 0 }, failures: [] });
    expect(state.status).toBe('succeeded');
    expect(rounds()).toHaveLength(1);
  });

  it('a host that is down is tried by an automatic round, and not once more after that', async () => {
    const { run, rounds, tried } = given({ automaticRetries: 1 }, () => false);
    const { summary } = await run();
    expect(summary.counts).toMatchObject({ migrated: 20, failed: 10 });
    expect(rounds()).toMatchObject([{ round: 2, total: 10 }]);
    expect(rounds()[0]).not.toMatchObject({ hostsDown: true });
    expect(tried).toHaveLength(3);
  });

  it('a host that is down stays down from wave to wave, and is tried once at the end of each', async () => {
    const waves = [{ percentage: 30 }, { percentage: 30 }];
    const { run, rounds, tried } = given({ waves }, () => false);
    const { summary } = await run();
    expect(summary.counts).toMatchObject({ migrated: 20, failed: 10 });
    expect(rounds().map((event) => 'wave' in event && event.wave)).toEqual([1, 2, 3]);
    expect(tried).toHaveLength(2 + 3);
  });

  it('a host that is down fails a canary only after it was tried again', async () => {
    const waves = [{ percentage: 40, canary: true }];
    const back = given({ waves }, (atMs) => atMs >= CONNECT_MS);
    expect((await back.run()).summary.counts).toMatchObject({ migrated: 30 });
    const away = given({ waves }, () => false);
    const { summary, state } = await away.run();
    expect(state.stopped?.reason).toBe('canary');
    expect(summary.counts).toMatchObject({ failed: 4, skipped: 18 });
    expect(away.rounds()).toHaveLength(1);
  });

  it('a host that is down counts with its tenants for the tolerance of a run, which then ends', async () => {
    const { run, rounds } = given({ toleratedFailureCount: 5 }, () => false);
    const { summary, state } = await run();
    expect(state.stopped?.reason).toBe('breaker');
    expect(summary.counts.failed).toBeGreaterThan(5);
    expect(rounds()).toEqual([]);
  });

  it('a host that is down delays the run by two time limits at most: until it is known, and when it is tried again', async () => {
    const { run, clock, began } = given({ maxPerHost: 2 }, () => false);
    await run();
    expect(clock.now() - began).toBeLessThan(2 * CONNECT_MS + 2_000);
  });
});
