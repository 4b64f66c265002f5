import { setImmediate as tick } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../../src/core/migrate/attempt.ts';
import type { Candidate, PassedOver } from '../../../src/core/migrate/candidate.ts';
import type { FleetOptions } from '../../../src/core/migrate/fleet-options.ts';
import { DEFAULT_RETRY } from '../../../src/core/migrate/full-jitter.ts';
import { migrateFleet } from '../../../src/core/migrate/migrate-fleet.ts';
import { createStopSwitch } from '../../../src/core/migrate/stop-switch.ts';
import type { FailedOutcome, Outcome } from '../../../src/core/outcome.ts';
import { fixedPace } from '../../../src/core/pace/pace.ts';
import { hostKey, type Tenant } from '../../../src/core/tenant.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import {
  collect,
  failedAttempt,
  failedOutcome,
  fleetOf,
  migratedAttempt,
  ONE_APPLIED,
  stream,
  tenantOf,
  unchangedAttempt,
} from '../../support/fleet.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

function candidateOf(tenant: Tenant, position: number, before?: FailedOutcome): Candidate {
  return { id: tenant.id, wave: 1, position, tenant, before };
}

interface EngineOptions extends Partial<FleetOptions> {
  readonly maxConcurrency?: number;
  readonly maxPerHost?: number | undefined;
}

/** An engine whose events and clock a test can look at. */
function engine(
  entries: Iterable<Candidate | PassedOver> | AsyncIterable<Candidate | PassedOver>,
  attempt: FleetOptions['attempt'],
  { maxConcurrency = 4, maxPerHost, ...options }: EngineOptions = {},
) {
  const clock = fakeClock();
  const events: string[] = [];
  const stop = createStopSwitch(() => events.push('stop'));
  const list = Symbol.asyncIterator in entries ? entries : stream(entries);
  const outcomes = migrateFleet(list, {
    attempt,
    pace: fixedPace(maxConcurrency, maxPerHost),
    retry: DEFAULT_RETRY,
    clock,
    random: () => 0.5,
    stop,
    observer: {
      started: ({ tenant }) => events.push(`started ${tenant.slug}`),
      retried: ({ tenant }, attempts, delayMs, { code }) =>
        events.push(`retried ${tenant.slug} ${attempts} ${delayMs} ${code}`),
      finished: ({ tenant, status }) => events.push(`${status} ${tenant.slug}`),
    },
    ...options,
  });
  return { clock, events, stop, outcomes };
}

/** An attempt that takes some turns of the event loop, and counts who runs at the same time. */
function countingAttempt(turns: (tenant: Tenant) => number, result: (tenant: Tenant) => Attempt) {
  const running = new Map<string, number>();
  const peak = { total: 0, host: 0 };
  const attempt = async (tenant: Tenant): Promise<Attempt> => {
    const host = hostKey(tenant.address);
    running.set(host, (running.get(host) ?? 0) + 1);
    const total = [...running.values()].reduce((sum, count) => sum + count, 0);
    peak.total = Math.max(peak.total, total);
    peak.host = Math.max(peak.host, running.get(host) ?? 0);
    for (let turn = 0; turn < turns(tenant); turn += 1) await tick();
    running.set(host, (running.get(host) ?? 0) - 1);
    return result(tenant);
  };
  return { attempt, peak };
}

describe('how many at a time', () => {
  it('the number of running attempts never exceeds concurrency or the cap of a host, and no tenant is lost', {
    timeout: 30_000,
  }, async () => {
    const tenantsOf = fc.array(
      fc.record({
        host: fc.nat({ max: 3 }),
        turns: fc.nat({ max: 3 }),
        result: fc.constantFrom('migrated', 'failed', 'transient'),
      }),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(
        tenantsOf,
        fc.integer({ min: 1, max: 6 }),
        fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
        async (specs, maxConcurrency, maxPerHost) => {
          const tenants = specs.map(({ host }, number) => tenantOf(number, { host: `db${host}` }));
          const specOf = (tenant: Tenant) => specs[Number(tenant.id.slice(-12))];
          const { attempt, peak } = countingAttempt(
            (tenant) => specOf(tenant)?.turns ?? 0,
            (tenant) => {
              const result = specOf(tenant)?.result;
              if (result === 'migrated') return migratedAttempt;
              return failedAttempt('TenantBusy', result === 'transient');
            },
          );
          const { outcomes, clock } = engine(
            tenants.map((tenant, position) => candidateOf(tenant, position)),
            attempt,
            {
              maxConcurrency,
              maxPerHost,
            },
          );
          const all = await collect(outcomes);
          expect(peak.total).toBeLessThanOrEqual(maxConcurrency);
          expect(peak.host).toBeLessThanOrEqual(maxPerHost ?? maxConcurrency);
          expect(all.map(({ position }) => position).sort((a, b) => a - b)).toEqual(
            specs.map((_, number) => number),
          );
          for (const { position, status, tries } of all) {
            const transient = specs[position]?.result === 'transient';
            expect(status).toBe(specs[position]?.result === 'migrated' ? 'migrated' : 'failed');
            expect(tries).toBe(transient ? DEFAULT_RETRY.attempts : 1);
          }
          expect(clock.asleep).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('the number of running attempts uses all slots', async () => {
    const { attempt, peak } = countingAttempt(
      () => 3,
      () => migratedAttempt,
    );
    await collect(
      engine(
        fleetOf(50).map((tenant, position) => candidateOf(tenant, position)),
        attempt,
      ).outcomes,
    );
    expect(peak.total).toBe(4);
  });

  it('a capped host does not hold up the others', async () => {
    // The first hundred are on a host that never answers; the others must come through meanwhile.
    const tenants = fleetOf(150, (number) => ({ host: number < 100 ? 'stuck' : 'well' }));
    const release = Promise.withResolvers<void>();
    const { outcomes } = engine(
      tenants.map((tenant, position) => candidateOf(tenant, position)),
      async ({ address }) => {
        if (address.host === 'stuck') await release.promise;
        return migratedAttempt;
      },
      { maxPerHost: 1 },
    );
    for (let count = 0; count < 50; count += 1) {
      const { value } = await outcomes.next();
      expect((value as Outcome).position).toBeGreaterThanOrEqual(100);
    }
    release.resolve();
    expect(await collect(outcomes)).toHaveLength(100);
  });

  it('the number of running attempts starts no more while nobody takes the outcomes', async () => {
    let started = 0;
    const { outcomes } = engine(
      fleetOf(100).map((tenant, position) => candidateOf(tenant, position)),
      async () => {
        started += 1;
        return migratedAttempt;
      },
    );
    await outcomes.next();
    for (let turn = 0; turn < 20; turn += 1) await tick();
    // Tenants that may run, those that ran and wait, and the one that was taken.
    expect(started).toBeLessThanOrEqual(4 + 4 + 1);
    expect(await collect(outcomes)).toHaveLength(99);
  });
});

describe('transient failures', () => {
  it('transient failures are tried again with full jitter, up to the maximum number of attempts', async () => {
    const { outcomes, clock, events } = engine([candidateOf(tenantOf(1), 0)], async () =>
      failedAttempt('ConnectionLost', true),
    );
    expect(await collect(outcomes)).toMatchObject([{ status: 'failed', tries: 4 }]);
    expect(clock.sleeps).toEqual([250, 500, 1_000]);
    expect(events).toEqual([
      'started tenant-001',
      'retried tenant-001 1 250 ConnectionLost',
      'retried tenant-001 2 500 ConnectionLost',
      'retried tenant-001 3 1000 ConnectionLost',
      'failed tenant-001',
    ]);
  });

  it('transient failures wait without a slot', async () => {
    let isFirst = true;
    const { outcomes, events } = engine(
      fleetOf(3).map((tenant, position) => candidateOf(tenant, position)),
      async ({ slug }) => {
        if (slug !== 'tenant-000' || !isFirst) return migratedAttempt;
        isFirst = false;
        return failedAttempt('ConnectionLost', true);
      },
      { maxConcurrency: 1 },
    );
    const order = (await collect(outcomes)).map(({ tenant }) => tenant.slug);
    expect(order).toEqual(['tenant-001', 'tenant-002', 'tenant-000']);
    expect(events.filter((event) => event.startsWith('started'))).toHaveLength(3);
  });

  it('transient failures keep what earlier attempts applied', async () => {
    const attempts = [failedAttempt('ConnectionLost', true, [ONE_APPLIED]), unchangedAttempt];
    const { outcomes } = engine(
      [candidateOf(tenantOf(1), 0)],
      async () => attempts.shift() ?? unchangedAttempt,
    );
    expect(await collect(outcomes)).toMatchObject([
      { status: 'migrated', applied: [ONE_APPLIED], tries: 2 },
    ]);
  });

  it('transient failures do not pile up: past a bound no new tenants are taken', {
    timeout: 30_000,
  }, async () => {
    let listed = 0;
    async function* list() {
      for (const tenant of fleetOf(2_000)) {
        listed += 1;
        yield candidateOf(tenant, listed - 1);
      }
    }
    const asleep: number[] = [];
    const { outcomes, clock } = engine(list(), async () => {
      asleep.push(clock.asleep);
      return failedAttempt('ConnectionLost', true);
    });
    const first = await outcomes.next();
    expect(first.value).toMatchObject({ status: 'failed' });
    expect(listed).toBeLessThan(1_100);
    expect(await collect(outcomes)).toHaveLength(1_999);
    expect(Math.max(...asleep)).toBeLessThanOrEqual(1_000 + 8);
  });
});

describe('a host that does not answer', () => {
  const CONNECT_MS = 10_000;

  /** A fleet in which the tenants with these numbers are on a host that never speaks. */
  function fleetWith(count: number, isBad: (number: number) => boolean, more: EngineOptions = {}) {
    const tenants = fleetOf(count, (number) => ({
      host: isBad(number) ? 'bad' : `db${number % 3}`,
    }));
    const tried: string[] = [];
    const doneAt = new Map<string, number>();
    const given = engine(
      tenants.map((tenant, position) => candidateOf(tenant, position)),
      async ({ slug, address }, onAnswer) => {
        tried.push(slug);
        const { signal } = new AbortController();
        if (address.host === 'bad') {
          await given.clock.sleep(CONNECT_MS, signal);
          return failedAttempt('ConnectionTimedOut', true);
        }
        onAnswer();
        await given.clock.sleep(50, signal);
        doneAt.set(slug, given.clock.now());
        return migratedAttempt;
      },
      { maxConcurrency: 8, ...more },
    );
    const begin = given.clock.now();
    return { ...given, tried, lastGoodMs: () => Math.max(...doneAt.values()) - begin };
  }

  it('a host that does not answer does not hold up the others: the last of them is done no later than a time limit after', async () => {
    const without = fleetWith(120, () => false);
    await collect(without.outcomes);
    const { outcomes, tried, lastGoodMs } = fleetWith(150, (number) => number % 5 === 0);
    const all = await collect(outcomes);
    expect(lastGoodMs()).toBeLessThan(without.lastGoodMs() + CONNECT_MS);
    expect(all.filter(({ status }) => status === 'migrated')).toHaveLength(120);
    const failures = all.filter((outcome) => outcome.status === 'failed');
    expect(new Set(failures.map(({ failure }) => failure.code))).toEqual(new Set(['HostDown']));
    // Those that showed it, and nobody else.
    expect(tried).toHaveLength(122);
    expect(failures.filter(({ tries }) => tries === 0)).toHaveLength(28);
  });

  it.each([1, 2, 3])(
    'a host that does not answer does not hold up the others with %i slots either',
    async (maxConcurrency) => {
      const without = fleetWith(120, () => false, { maxConcurrency });
      await collect(without.outcomes);
      const { outcomes, lastGoodMs } = fleetWith(150, (number) => number % 5 === 0, {
        maxConcurrency,
      });
      expect(await collect(outcomes)).toHaveLength(150);
      // Half of the slots were held, of two or more.
      const share = maxConcurrency === 1 ? 1 : 2;
      expect(lastGoodMs()).toBeLessThanOrEqual(without.lastGoodMs() * share + CONNECT_MS);
    },
  );

  it('a host that does not answer does not hold up the others if it is listed first, with more tenants than are looked at ahead', async () => {
    const { outcomes, lastGoodMs, tried } = fleetWith(3_000, (number) => number < 2_500);
    expect(await collect(outcomes)).toHaveLength(3_000);
    expect(lastGoodMs()).toBeLessThan(CONNECT_MS + (500 / 8) * 50 * 2);
    expect(tried).toHaveLength(502);
  });

  it('a host that does not answer works with a cap of a host too', async () => {
    const { outcomes, tried } = fleetWith(60, (number) => number % 2 === 0, { maxPerHost: 1 });
    const all = await collect(outcomes);
    expect(all.filter(({ status }) => status === 'migrated')).toHaveLength(30);
    expect(tried).toHaveLength(32);
  });

  it('many hosts that do not answer leave half of the slots to those that answer', async () => {
    const tenants = fleetOf(140, (number) => ({ host: number % 7 === 0 ? `bad${number}` : 'db' }));
    const busy = { bad: 0, most: 0 };
    let good = 0;
    const { outcomes, clock } = engine(
      tenants.map((tenant, position) => candidateOf(tenant, position)),
      async ({ address }, onAnswer) => {
        const { signal } = new AbortController();
        if (address.host === 'db') {
          onAnswer();
          await clock.sleep(50, signal);
          good += 1;
          return migratedAttempt;
        }
        busy.bad += 1;
        // At the end fewer good ones are left than there are slots.
        if (good < 100) busy.most = Math.max(busy.most, busy.bad);
        await clock.sleep(CONNECT_MS, signal);
        busy.bad -= 1;
        return failedAttempt('ConnectionTimedOut', true);
      },
      { maxConcurrency: 8 },
    );
    const all = await collect(outcomes);
    expect(all.filter(({ status }) => status === 'migrated')).toHaveLength(120);
    expect(busy.most).toBeLessThanOrEqual(4);
  });

  it('a host that does not answer gives its slots back if it goes down while attempts at it hang', async () => {
    const hang = Promise.withResolvers<void>();
    let heard = 0;
    const { outcomes, clock } = engine(
      fleetOf(40, (number) => ({ host: number % 2 === 0 ? 'freezes' : 'well' })).map(
        (tenant, position) => candidateOf(tenant, position),
      ),
      async ({ address }, onAnswer) => {
        if (address.host === 'well') return migratedAttempt;
        heard += 1;
        if (heard <= 2) {
          onAnswer();
          await hang.promise;
          return migratedAttempt;
        }
        await clock.sleep(CONNECT_MS, new AbortController().signal);
        return failedAttempt('ConnectionTimedOut', true);
      },
      { maxConcurrency: 4 },
    );
    let migrated = 0;
    for (; migrated < 20; ) {
      const { value } = await outcomes.next();
      if ((value as Outcome).status === 'migrated') migrated += 1;
    }
    hang.resolve();
    await collect(outcomes);
  });
});

describe('a tenant that has waited for long', () => {
  it('a tenant that has waited for long is attempted with its latest row in the central database', async () => {
    const tenants = fleetOf(3);
    const attempted: string[] = [];
    const { outcomes, clock } = engine(
      tenants.map((tenant, position) => candidateOf(tenant, position)),
      async ({ slug, name }) => {
        attempted.push(`${slug} ${name}`);
        await clock.sleep(61_000, new AbortController().signal);
        return migratedAttempt;
      },
      {
        maxConcurrency: 1,
        refresh: async (candidate) => ({
          ...candidate,
          tenant: { ...candidate.tenant, name: 'Renamed' },
        }),
      },
    );
    await collect(outcomes);
    expect(attempted).toEqual(['tenant-000 Tenant 0', 'tenant-001 Renamed', 'tenant-002 Renamed']);
  });

  it('a tenant that has waited for long is skipped if it is no longer to be migrated, and attempted unchanged if its row cannot be read', async () => {
    const answers = [
      async (candidate: Candidate) => {
        const { id, wave, position, tenant } = candidate;
        const facts = { wave, position, tries: 0, durationMs: 0, notes: [] };
        const ref = { id, slug: tenant.slug, name: tenant.name, database: '' };
        return {
          skipped: {
            ...facts,
            tenant: ref,
            status: 'skipped',
            cause: 'not-active',
            reason: 'It is gone.',
          },
        } as PassedOver;
      },
      async (): Promise<Candidate> => {
        throw new Error('The central database is away.');
      },
    ];
    const { outcomes, clock } = engine(
      fleetOf(3).map((tenant, position) => candidateOf(tenant, position)),
      async () => {
        await clock.sleep(61_000, new AbortController().signal);
        return migratedAttempt;
      },
      {
        maxConcurrency: 1,
        refresh: (candidate) => answers.shift()?.(candidate) ?? Promise.resolve(candidate),
      },
    );
    const all = await collect(outcomes);
    expect(all.map(({ status }) => status)).toEqual(['migrated', 'skipped', 'migrated']);
  });
});

describe('an attempt that was paused', () => {
  const paused: Attempt = { status: 'continue', applied: [ONE_APPLIED], notes: [] };

  it('an attempt that was paused continues in another one at once', async () => {
    const attempts = [paused, paused, unchangedAttempt];
    const { outcomes, clock } = engine(
      [candidateOf(tenantOf(1), 0)],
      async () => attempts.shift() ?? migratedAttempt,
    );
    const before = clock.now();
    expect(await collect(outcomes)).toMatchObject([
      { status: 'migrated', tries: 1, applied: [ONE_APPLIED] },
    ]);
    expect(clock.now()).toBe(before);
  });

  it('an attempt that was paused has failed when the run is stopped, with what it applied', async () => {
    const { outcomes, stop } = engine([candidateOf(tenantOf(1), 0)], async () => {
      stop.stop({ reason: 'interrupted', message: 'Interrupted.' });
      return paused;
    });
    expect(await collect(outcomes)).toMatchObject([
      {
        status: 'failed',
        applied: [ONE_APPLIED],
        failure: { code: 'TenantInterrupted', retryable: true },
      },
    ]);
  });
});

describe('an attempt that throws', () => {
  it.each([
    ['an error', new TypeError('x is not a function'), 'TypeError: x is not a function'],
    ['something else', 'boom', 'boom'],
    ['nothing', undefined, 'undefined'],
  ])('%s fails its tenant only', async (_, thrown, message) => {
    const { outcomes } = engine(
      fleetOf(3).map((tenant, position) => candidateOf(tenant, position)),
      ({ slug }) => {
        if (slug === 'tenant-001') throw thrown;
        return Promise.resolve(migratedAttempt);
      },
    );
    const all = await collect(outcomes);
    expect(all.filter(({ status }) => status === 'migrated')).toHaveLength(2);
    expect(all.find(({ status }) => status === 'failed')).toMatchObject({
      tries: 1,
      failure: { code: 'Unexpected', message, retryable: false },
    });
  });
});

describe('a stop', () => {
  it('a stop finishes what runs, and skips what was listed with the reason', async () => {
    const started: string[] = [];
    const gate = Promise.withResolvers<void>();
    const { outcomes, stop } = engine(
      fleetOf(6).map((tenant, position) => candidateOf(tenant, position)),
      async ({ slug }) => {
        started.push(slug);
        await gate.promise;
        return migratedAttempt;
      },
      { maxConcurrency: 2 },
    );
    const all = collect(outcomes);
    await tick();
    stop.stop({ reason: 'interrupted', message: 'The run was interrupted.' });
    gate.resolve();
    expect((await all).map(({ status }) => status).sort()).toEqual([
      'migrated',
      'migrated',
      'skipped',
      'skipped',
      'skipped',
      'skipped',
    ]);
    expect(started).toEqual(['tenant-000', 'tenant-001']);
    expect((await all).find(({ status }) => status === 'skipped')).toMatchObject({
      reason: 'The run was stopped before its turn. The run was interrupted.',
      tries: 0,
    });
  });

  it('a stop allows an observer to stop before any further tenant is started', async () => {
    const started: string[] = [];
    const { outcomes, stop } = engine(
      fleetOf(20).map((tenant, position) => candidateOf(tenant, position)),
      async ({ slug }) => {
        started.push(slug);
        return failedAttempt('TableExists');
      },
      {
        maxConcurrency: 1,
        observer: {
          started: () => {},
          retried: () => {},
          finished: ({ status }) => {
            if (status === 'failed') stop.stop({ reason: 'breaker', message: 'Too many.' });
          },
        },
      },
    );
    expect(await collect(outcomes)).toHaveLength(20);
    expect(started).toEqual(['tenant-000']);
  });

  it('a stop ends the wait for another attempt: such a tenant has failed', async () => {
    const { outcomes, stop, clock } = engine(
      [candidateOf(tenantOf(1), 0)],
      async () => failedAttempt('ConnectionLost', true),
      { clock: { now: () => 0, sleep: sleepUntilAborted } },
    );
    const all = collect(outcomes);
    await tick();
    stop.stop({ reason: 'interrupted', message: 'Interrupted.' });
    expect(await all).toMatchObject([
      { status: 'failed', tries: 1, failure: { code: 'ConnectionLost' } },
    ]);
    expect(clock.asleep).toBe(0);
  });

  it('a stop leaves the earlier outcome to a tenant of an automatic round', async () => {
    const before = failedOutcome(1);
    const { outcomes, stop } = engine([candidateOf(tenantOf(1), 1, before)], async () =>
      Promise.reject(new Error('must not be attempted')),
    );
    stop.stop({ reason: 'interrupted', message: 'Interrupted.' });
    expect(await collect(outcomes)).toEqual([]);
  });
});

describe('the list', () => {
  it('the list passes on tenants that are not attempted', async () => {
    const skipped = {
      status: 'skipped' as const,
      cause: 'not-active' as const,
      tenant: failedOutcome(1).tenant,
      wave: 1,
      position: 1,
      tries: 0,
      durationMs: 0,
      notes: [],
      reason: 'It is no longer in the central database.',
    };
    const { outcomes } = engine([{ skipped }], async () => migratedAttempt);
    expect(await collect(outcomes)).toEqual([skipped]);
  });

  it('an error of the list is thrown after all running attempts have ended', async () => {
    async function* list() {
      yield* fleetOf(2).map((tenant, position) => candidateOf(tenant, position));
      throw new Error('The central database is gone.');
    }
    const seen: Outcome[] = [];
    const { outcomes } = engine(list(), async () => {
      await tick();
      return migratedAttempt;
    });
    const reading = (async () => {
      for await (const outcome of outcomes) seen.push(outcome);
    })();
    expect(await rejectionOf(reading)).toMatchObject({ message: 'The central database is gone.' });
    expect(seen).toHaveLength(2);
  });

  it('the list is closed, and no attempt continues, when the reader leaves early', async () => {
    let isClosed = false;
    async function* list() {
      try {
        for (let number = 0; ; number += 1) yield candidateOf(tenantOf(number), number);
      } finally {
        isClosed = true;
      }
    }
    let running = 0;
    const { outcomes } = engine(list(), async () => {
      running += 1;
      await tick();
      await tick();
      running -= 1;
      return migratedAttempt;
    });
    for await (const _ of outcomes) break;
    expect([isClosed, running]).toEqual([true, 0]);
  });

  it('a list of 100,000 tenants is never held as a whole', { timeout: 60_000 }, async () => {
    let listed = 0;
    let finished = 0;
    let mostAhead = 0;
    async function* list() {
      for (; listed < 100_000; listed += 1) {
        mostAhead = Math.max(mostAhead, listed - finished);
        yield candidateOf(tenantOf(listed, { host: `db${listed % 7}` }), listed);
      }
    }
    const { outcomes } = engine(list(), async () => unchangedAttempt, {
      maxConcurrency: 8,
      maxPerHost: 2,
    });
    for await (const _ of outcomes) finished += 1;
    expect(finished).toBe(100_000);
    expect(mostAhead).toBeLessThan(2_100);
  });
});

function sleepUntilAborted(_ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
}
