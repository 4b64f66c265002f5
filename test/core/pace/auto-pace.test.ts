import { describe, expect, it } from 'vitest';
import { createAutoPace } from '../../../src/core/pace/auto-pace.ts';
import { fixedPace, type Pace, type PaceStanding } from '../../../src/core/pace/pace.ts';
import { paceOfRequest } from '../../../src/core/pace/pace-of-request.ts';
import type { ServerLoad } from '../../../src/core/pace/server-load.ts';
import type { Throttle } from '../../../src/core/pace/throttle.ts';
import { type SimulatedServer, type Simulation, simulateFleet } from './support/simulated-fleet.ts';

const IDLE: ServerLoad = { running: 1, connected: 5, most: 1_000 };
const FIXED = [4, 8, 16, 32, 64];

/** The same numbers for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

function simulationOf(
  server: SimulatedServer | ((at: number) => SimulatedServer),
  more: Partial<Simulation> = {},
): Simulation {
  return {
    tenants: 1_500,
    server: typeof server === 'function' ? server : () => server,
    clientMs: 0.7,
    noise: 0.8,
    random: randomOf(1),
    ...more,
  };
}

/** Runs a simulation with a pace of its own; returns also what it told. */
async function withAuto(simulation: Simulation, load: () => ServerLoad = () => IDLE) {
  const told: number[] = [];
  let pace: Pace | undefined;
  const result = await simulateFleet(simulation, (now) => {
    pace = createAutoPace({
      now,
      readLoad: async () => load(),
      onChange: ({ atATime }) => told.push(atATime),
    });
    return pace;
  });
  return { ...result, told, standing: pace?.standing };
}

async function bestFixedSeconds(simulation: () => Simulation): Promise<number> {
  const seconds = [];
  for (const limit of FIXED) {
    seconds.push((await simulateFleet(simulation(), () => fixedPace(limit))).seconds);
  }
  return Math.min(...seconds);
}

describe('a pace that follows the servers', () => {
  it.each<[string, SimulatedServer, number]>([
    ['nothing to do on the same machine', { latencyMs: 0.3, cores: 2, workMs: 0.8 }, 0.7],
    [
      'migrations on the same machine',
      { latencyMs: 0.4, cores: 6, workMs: 25, contention: 0.01 },
      1.2,
    ],
    ['long migrations', { latencyMs: 0.6, cores: 8, workMs: 150, contention: 0.02 }, 3],
    ['nothing to do far away', { latencyMs: 22, cores: 2, workMs: 0.8 }, 0.7],
    ['migrations far away', { latencyMs: 35, cores: 6, workMs: 25, contention: 0.01 }, 1.2],
    ['a server that does one thing at a time', { latencyMs: 0, cores: 1, workMs: 10 }, 0.5],
  ])('is at least 0.9 of the best fixed number: %s', async (_, server, clientMs) => {
    const best = await bestFixedSeconds(() => simulationOf(server, { clientMs }));
    for (const seed of [2, 3, 4]) {
      const { seconds } = await withAuto(
        simulationOf(server, { clientMs, random: randomOf(seed) }),
      );
      expect(best / seconds).toBeGreaterThan(0.9);
    }
  });

  it('is at least 2.5 times as fast as 8 at a time, if the server is 5 ms away', async () => {
    const server = { latencyMs: 22, cores: 4, workMs: 0.6 };
    const eight = await simulateFleet(simulationOf(server), () => fixedPace(8));
    const auto = await withAuto(simulationOf(server));
    expect(eight.seconds / auto.seconds).toBeGreaterThan(2.5);
  });

  it('is not misled by tenants with much to do after tenants with little', async () => {
    const server = { latencyMs: 2, cores: 8, workMs: 4 };
    const kindOf = (tenant: number) =>
      tenant < 700 ? { applied: 0, times: 1 } : { applied: 5, times: 12 };
    const simulation = () => simulationOf(server, { kindOf });
    const best = await bestFixedSeconds(simulation);
    expect(best / (await withAuto(simulation())).seconds).toBeGreaterThan(0.85);
  });

  it('yields to a server that refuses connections, and does not try for long', async () => {
    const server = { latencyMs: 30, cores: 8, workMs: 1, most: 20 };
    const { refused, standing } = await withAuto(simulationOf(server));
    expect(standing?.atATime).toBeLessThanOrEqual(24);
    expect(standing?.why).toBe('refused');
    expect(refused).toBeLessThan(75);
  });

  it('yields while a replica of a server is late', async () => {
    const server = { latencyMs: 0.4, cores: 6, workMs: 25, contention: 0.01 };
    const { standing, told } = await withAuto(simulationOf(server), () => ({
      ...IDLE,
      hasLateReplicas: true,
    }));
    expect(standing).toEqual({ atATime: expect.any(Number), why: 'replicas' });
    expect(told.at(-1)).toBeLessThan(8);
  });

  it('yields to a busy server, and comes back', async () => {
    let isBusy = false;
    const server = { latencyMs: 100, cores: 8, workMs: 1 };
    const simulation = simulationOf(
      (at) => {
        isBusy = at > 1_000 && at < 4_000;
        return server;
      },
      { tenants: 8_000, clientMs: 0.1 },
    );
    const { told, standing } = await withAuto(simulation, () => ({
      ...IDLE,
      running: isBusy ? 40 : 2,
    }));
    const most = Math.max(...told.slice(0, 4));
    const least = Math.min(...told.slice(told.indexOf(most)));
    expect(least).toBeLessThan(most / 2);
    expect(standing?.atATime).toBeGreaterThan(least);
  });

  it('yields when a server becomes slow', async () => {
    const simulation = simulationOf(
      (at) => ({ latencyMs: 20, cores: at < 1_500 ? 8 : 1, workMs: at < 1_500 ? 2 : 20 }),
      { tenants: 4_000 },
    );
    const { told } = await withAuto(simulation);
    expect(told.at(-1)).toBeLessThan(Math.max(...told) / 2);
  });

  it('takes at most half of the connections that nobody else uses', async () => {
    const server = { latencyMs: 50, cores: 8, workMs: 0.5 };
    let own = 0;
    const simulation = simulationOf(server, { onRunning: (running) => (own = running) });
    const { standing } = await withAuto(simulation, () => ({
      running: 1,
      connected: 40 + own,
      most: 100,
    }));
    expect(standing?.why).toBe('connections');
    expect(standing?.atATime).toBeGreaterThan(25);
    expect(standing?.atATime).toBeLessThanOrEqual(30);
  });

  it('does without the load of a server that does not tell it, and stops asking', async () => {
    let asked = 0;
    const server = { latencyMs: 22, cores: 4, workMs: 0.6 };
    let pace: Pace | undefined;
    await simulateFleet(simulationOf(server, { tenants: 3_000 }), (now) => {
      pace = createAutoPace({
        now,
        readLoad: async () => {
          asked += 1;
          throw new Error('denied');
        },
      });
      return pace;
    });
    expect(asked).toBe(3);
    expect(pace?.standing).toEqual({ atATime: 32, why: 'most' });
  });

  it('never exceeds the limit of a host', async () => {
    const server = { latencyMs: 22, cores: 4, workMs: 0.6 };
    let pace: Pace | undefined;
    await simulateFleet(simulationOf(server), (now) => {
      pace = createAutoPace({ now, maxPerHost: 5 });
      return pace;
    });
    expect(pace?.standing).toEqual({ atATime: 5, why: 'max-per-host' });
    expect(pace?.limitOn('one')).toBe(5);
  });

  it('never exceeds what somebody has set for it, and grows again once that is raised', async () => {
    const server = { latencyMs: 22, cores: 8, workMs: 0.6 };
    const throttle = settable(3);
    let pace: Pace | undefined;
    let most = 0;
    let later = 0;
    let ended = 0;
    const told: PaceStanding[] = [];
    const simulation = simulationOf(server, {
      tenants: 4_000,
      onRunning: (running) => {
        ended += 1;
        if (ended < 2_000) most = Math.max(most, running);
        else later = Math.max(later, running);
        if (ended === 2_000) throttle.set(20);
      },
    });
    await simulateFleet(simulation, (now) => {
      pace = createAutoPace({ now, throttle, onChange: (standing) => told.push(standing) });
      return pace;
    });
    expect(most).toBe(3);
    expect(later).toBeGreaterThan(8);
    expect(later).toBeLessThanOrEqual(20);
    expect(told.some(({ atATime }) => atATime > 8)).toBe(true);
    expect(pace?.standing?.atATime).toBeLessThanOrEqual(20);
  });

  it('tells what it has at its end, also after a few tenants', async () => {
    const server = { latencyMs: 0.3, cores: 2, workMs: 0.8 };
    const { standing } = await withAuto(simulationOf(server, { tenants: 3 }));
    expect(standing).toEqual({ atATime: 8, why: 'growing' });
  });
});

/** A throttle that a test sets. */
function settable(first: number): Throttle & { set(atATime: number): void } {
  const listeners = new Set<() => void>();
  let atATime = first;
  return {
    get atATime() {
      return atATime;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(next) {
      atATime = next;
      for (const tell of listeners) tell();
    },
  };
}

it('a pace that the request has fixed is replaced by what somebody sets, whether it is more or less', () => {
  const throttle = settable(3);
  const told: unknown[] = [];
  const pace = paceOfRequest(
    { maxConcurrency: 8 },
    { now: () => 0, throttle, onChange: (standing) => told.push(standing) },
  );
  expect(pace.limit).toBe(3);
  throttle.set(30);
  expect(pace.limit).toBe(30);
  expect(told).toEqual([{ atATime: 30, why: 'throttled' }]);
});
