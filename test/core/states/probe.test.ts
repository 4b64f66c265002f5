import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBundle } from '../../../src/core/bundle/bundle.ts';
import type { Attempt, AttemptTenant } from '../../../src/core/migrate/attempt.ts';
import { listTenants } from '../../../src/core/states/list-tenants.ts';
import { probeTenants } from '../../../src/core/states/probe-tenants.ts';
import type { Tenant } from '../../../src/core/tenant.ts';
import { probeTenantsEventSchema } from '../../../src/core/wire/step-schemas.ts';
import { bytesOf } from '../../../src/core/wording/cut-to-bytes.ts';
import { failedAttempt, fleetOf, tenantOf, unchangedAttempt } from '../../support/fleet.ts';
import { FIRST, SECOND, stepMachine } from '../../support/step-machine.ts';
import { EXECUTION, itemOf, roundOf } from '../../support/step-run-store-contract.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

const UP_TO_DATE: Attempt = { status: 'planned', pending: [], notes: [] };
const PENDING: Attempt = { status: 'planned', pending: ['20250201090000_add_note.ts'], notes: [] };
const { hash } = createBundle([FIRST, SECOND]);

/** Whether a tenant's number is among these. */
const isOneOf = (slug: string, numbers: readonly number[]) =>
  numbers.includes(Number(slug.slice(-3)));

/** A probe in which only these have something to do. */
const pendingIn =
  (...numbers: number[]) =>
  (slug: string): Attempt =>
    isOneOf(slug, numbers) ? PENDING : UP_TO_DATE;

function slugs(...numbers: number[]): string[] {
  return numbers.map((number) => tenantOf(number).slug);
}

describe('a run whose tenants have nothing to do', () => {
  it('a run whose tenants have nothing to do starts no child execution, counts each tenant once, and records what it has proven', async () => {
    const machine = stepMachine({ tenants: fleetOf(5), probe: pendingIn(), invocations: 2 });
    const under = machine.begin();
    const { summary } = await machine.run({}, under);
    expect(under.attempted).toEqual([]);
    expect(new Set(under.asked).size).toBe(5);
    expect(summary).toMatchObject({ total: 5, counts: { unchanged: 5, unknown: 0 } });
    expect(machine.directory.reached.size).toBe(5);
    expect(machine.tenants.map(({ schemaVersion }) => schemaVersion)).toEqual(Array(5).fill(hash));
    const run = machine.store.runs.get('run-1');
    expect(run?.left).toEqual([]);
    // They hold addresses and ciphertext.
    expect([run?.items.size, run?.rest.size]).toEqual([0, 0]);
  });

  it('a run whose tenants have nothing to do goes through its waves, canaries included, without any attempt', async () => {
    const machine = stepMachine({ tenants: fleetOf(6), probe: pendingIn() });
    const under = machine.begin();
    const { summary } = await machine.run({ waves: [{ percentage: 20, canary: true }] }, under);
    expect(under.rounds.map(({ wave }) => wave)).toEqual([1, 2, 3]);
    expect(under.attempted).toEqual([]);
    expect(summary.counts).toMatchObject({ unchanged: 6 });
  });
});

describe('a run in which some tenants have something to do', () => {
  it('a run attempts the tenants with something to do, and no others', async () => {
    const machine = stepMachine({ tenants: fleetOf(5), probe: pendingIn(1, 4), invocations: 2 });
    const under = machine.begin();
    const { summary } = await machine.run({}, under);
    expect(under.attempted).toEqual([slugs(1, 4)]);
    expect(summary).toMatchObject({ total: 5, counts: { unchanged: 3, migrated: 2 } });
  });

  it.each<[string, Attempt | 'killed', string[][]]>([
    ['a batch was killed', 'killed', [slugs(2, 3)]],
    ['it could not be asked', failedAttempt('PasswordWrongKey'), [slugs(2)]],
    ['its server did not answer', failedAttempt('ConnectionTimedOut', true), [slugs(2)]],
    ['it is half-applied', failedAttempt('HalfApplied'), [slugs(2)]],
  ])(
    'a run attempts a tenant of which nothing is known, since %s',
    async (_, answer, attempted) => {
      const machine = stepMachine({
        tenants: fleetOf(6),
        probe: (slug) => (isOneOf(slug, [2]) ? answer : UP_TO_DATE),
      });
      const under = machine.begin();
      const { summary } = await machine.run({}, under);
      expect(under.attempted).toEqual(attempted);
      const migrated = attempted.flat().length;
      expect(summary.counts).toMatchObject({ migrated, unchanged: 6 - migrated, failed: 0 });
    },
  );

  it('a run tolerates as many failures of the whole run as without the probe', async () => {
    const request = { toleratedFailureCount: 1 };
    const attempt = () => failedAttempt('TableExists');
    for (const probe of ['ask', 'none']) {
      const machine = stepMachine({ tenants: fleetOf(8), probe: pendingIn(0, 1, 2, 3), attempt });
      const under = machine.begin();
      await rejectionOf(machine.run({ ...request, probe }, under));
      expect(under.attempted).toEqual([slugs(0, 1)]);
    }
  });

  it('a run that is redriven after a failure attempts only the tenants that are left', async () => {
    const answers = { isBroken: true };
    const machine = stepMachine({
      tenants: fleetOf(5),
      probe: pendingIn(1, 3),
      attempt: (slug) =>
        answers.isBroken && isOneOf(slug, [3])
          ? failedAttempt('TableExists')
          : { ...unchangedAttempt, status: 'migrated', applied: [] },
    });
    const under = machine.begin();
    await rejectionOf(machine.run({}, under));
    expect(machine.store.runs.get('run-1')?.left).toEqual([tenantOf(3).id]);
    answers.isBroken = false;
    under.asked = [];
    const { summary } = await machine.redrive(under);
    expect(under.asked).toEqual([]);
    expect(under.attempted).toEqual([slugs(3)]);
    expect(summary.counts).toMatchObject({ unchanged: 5, failed: 0 });
  });

  it('a retry in a new run asks only the tenants that failed in the earlier one', async () => {
    const machine = stepMachine({
      tenants: fleetOf(4),
      probe: pendingIn(2),
      attempt: () => failedAttempt('TableExists'),
    });
    await rejectionOf(machine.run({}));
    const under = machine.begin('run-2');
    await rejectionOf(machine.run({ retryOf: 'run-1', probe: 'trust' }, under));
    expect(under.asked).toEqual(slugs(2));
  });

  it('a run retries transient failures in automatic rounds without asking again', async () => {
    const machine = stepMachine({
      tenants: fleetOf(3),
      probe: pendingIn(0),
      attempt: () => failedAttempt('ConnectionRefused', true),
    });
    const under = machine.begin();
    await rejectionOf(machine.run({ automaticRetries: 1 }, under));
    expect(under.asked).toHaveLength(3);
    expect(under.attempted).toEqual([slugs(0), slugs(0)]);
  });
});

describe('a plan', () => {
  it('a plan is answered by the probe, so that no child execution is started', async () => {
    const machine = stepMachine({ tenants: fleetOf(4), probe: pendingIn(1) });
    const under = machine.begin();
    const { summary } = await machine.run({ command: 'plan', probe: 'trust' }, under);
    expect(under.asked).toHaveLength(4);
    expect(under.attempted).toEqual([]);
    expect(summary.counts).toMatchObject({ planned: 4 });
    expect(machine.store.runs.get('run-1')?.summary?.plan).toMatchObject({
      tenants: 1,
      upToDate: 3,
    });
  });
});

describe('a run that does not ask first', () => {
  it.each([
    ['it says so', { probe: 'none' }],
    ['it rolls back', { command: 'rollback', steps: 1 }],
    ['it plans a rollback', { command: 'plan', rollback: true, steps: 1 }],
    ['it rolls back and would trust', { command: 'rollback', steps: 1, probe: 'trust' }],
  ])('a run attempts every tenant, since %s', async (_, request) => {
    const tenants = fleetOf(3, () => ({ schemaVersion: hash }));
    const machine = stepMachine({ tenants, probe: pendingIn() });
    const under = machine.begin();
    await machine.run(request, under);
    expect(under.asked).toEqual([]);
    expect(under.attempted).toEqual([slugs(0, 1, 2)]);
  });
});

describe('a run that trusts what is recorded', () => {
  const recorded = (numbers: readonly number[]) =>
    fleetOf(5, (number) => ({ schemaVersion: numbers.includes(number) ? hash : 'f00' }));

  it('a run that trusts what is recorded asks only tenants that are recorded with another version, and says so', async () => {
    const tenants = recorded([0, 2, 3]);
    const machine = stepMachine({ tenants, probe: pendingIn(4), invocations: 2 });
    const under = machine.begin();
    const { summary } = await machine.run({ probe: 'trust' }, under);
    expect(new Set(under.asked)).toEqual(new Set(slugs(1, 4)));
    expect(under.attempted).toEqual([slugs(4)]);
    expect(summary.counts).toMatchObject({ unchanged: 4, migrated: 1 });
    expect(summary.notes).toEqual({ Trusted: 3 });
    // Nothing new is known of those that were trusted.
    expect(machine.directory.reached.size).toBe(2);
  });

  it('a run that trusts what is recorded neither asks nor attempts anybody if all are recorded with its version', async () => {
    const machine = stepMachine({ tenants: recorded([0, 1, 2, 3, 4]) });
    const under = machine.begin();
    const { summary } = await machine.run({ probe: 'trust' }, under);
    expect([under.asked, under.attempted]).toEqual([[], []]);
    expect(summary.counts).toMatchObject({ unchanged: 5 });
  });

  it('a run that trusts what is recorded asks tenants that are named', async () => {
    const machine = stepMachine({ tenants: recorded([0, 1, 2, 3, 4]), probe: pendingIn() });
    const under = machine.begin();
    await machine.run({ probe: 'trust', tenants: slugs(1) }, under);
    expect(under.asked).toEqual(slugs(1));
  });

  it('a run that trusts what is recorded skips a tenant that is no longer active, whatever is recorded', async () => {
    const tenants = recorded([0, 1, 2, 3, 4]);
    const machine = stepMachine({ tenants, probe: pendingIn() });
    const under = machine.begin();
    const opened = await machine.open({ probe: 'trust' }, under);
    const event = { execution: under.execution, round: opened.round };
    const { directory, store, deployed } = machine;
    await listTenants(event, { directory, store, bundle: deployed.bundle, now: () => 0 });
    Object.assign(tenants[3] as Tenant, { status: 'SUSPENDED' });
    await listTenants(event, { directory, store, bundle: deployed.bundle, now: () => 0 });
    const outcomes = [...(store.runs.get('run-1')?.outcomes.values() ?? [])].flat();
    expect(outcomes.filter(({ status }) => status === 'skipped')).toMatchObject([{ position: 3 }]);
    expect(outcomes.filter(({ status }) => status === 'unchanged')).toHaveLength(4);
  });

  it('a run that trusts what is recorded asks a tenant that failed since it was recorded: its schema may be between two versions', async () => {
    const tenants = recorded([0, 1, 2, 3, 4]);
    const machine = stepMachine({
      tenants,
      probe: pendingIn(2),
      attempt: () => failedAttempt('HalfApplied'),
    });
    await rejectionOf(machine.run({ tenants: slugs(1, 2) }));
    expect(tenants[1]?.schemaVersion).toBe(hash);
    expect(tenants[2]?.schemaVersion).toBeNull();
    const under = machine.begin('run-2');
    await rejectionOf(machine.run({ probe: 'trust' }, under));
    expect(under.asked).toEqual(slugs(2));
  });
});

describe('a batch', () => {
  const event = (items: readonly unknown[], differing: object = {}) =>
    probeTenantsEventSchema.parse({
      step: 'probe',
      run: { runId: 'run-1', bundleHash: hash, request: {} },
      items,
      ...{ atATime: 3, perHost: 2, ...differing },
    });
  const itemsOn = (hosts: number, count: number) =>
    Array.from({ length: count }, (_, number) => {
      const item = itemOf(number);
      const host = `db${number % hosts}.example.com`;
      return { ...item, tenant: { ...item.tenant, address: { ...item.tenant.address, host } } };
    });
  const probe = (asked: ReturnType<typeof event>, attemptTenant: AttemptTenant, isOver = false) =>
    probeTenants(asked, {
      attemptTenant,
      bundle: createBundle([FIRST, SECOND]),
      now: () => 0,
      isOver: () => isOver,
    });

  it('a batch of the probe asks few tenants at a time, and fewer of one server', async () => {
    for (const [hosts, expected] of [
      [4, 3],
      [1, 2],
    ] as const) {
      let running = 0;
      let most = 0;
      const settled = await probe(event(itemsOn(hosts, 40)), async (_, { onAnswer }) => {
        running += 1;
        most = Math.max(most, running);
        onAnswer?.();
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return UP_TO_DATE;
      });
      expect([settled.length, most]).toEqual([40, expected]);
    }
  });

  it('a batch of the probe gives up on a server after two tenants without an answer, and asks those of the others', async () => {
    const asked: string[] = [];
    const settled = await probe(event(itemsOn(2, 40)), async ({ address: { host } }) => {
      asked.push(host);
      return host.startsWith('db0') ? failedAttempt('ConnectionTimedOut', true) : UP_TO_DATE;
    });
    expect(settled.map(({ position }) => position % 2)).toEqual(Array(20).fill(1));
    expect(asked.filter((host) => host.startsWith('db0')).length).toBeLessThanOrEqual(3);
  });

  it('a batch of the probe asks nobody any more once its time is up', async () => {
    let asked = 0;
    const settled = await probe(
      event(itemsOn(1, 40)),
      async () => {
        asked += 1;
        return UP_TO_DATE;
      },
      true,
    );
    expect([asked <= 3, settled.length]).toEqual([true, asked]);
  });

  it('a batch of the probe asks nobody if other migrations are deployed now: each attempt says so', async () => {
    const changed = event([itemOf(1)], {
      run: { runId: 'run-1', bundleHash: 'f00', request: {} },
    });
    expect(await probe(changed, () => Promise.reject(new Error('nobody is asked')))).toEqual([]);
  });

  it('a batch of the probe does not fail if asking a tenant throws', async () => {
    const settled = await probe(event([itemOf(1), itemOf(2)]), async ({ slug }) => {
      if (slug.endsWith('001')) throw new TypeError('x is not a function');
      return UP_TO_DATE;
    });
    expect(settled).toMatchObject([{ status: 'unchanged', position: 2, tries: 1 }]);
  });

  it('a batch of the probe returns no more than a state may carry, and leaves the others to their attempts', async () => {
    const notes = [{ code: 'ahead', message: '€'.repeat(1_000) }];
    const settled = await probe(event(itemsOn(3, 300)), async () => ({ ...UP_TO_DATE, notes }));
    expect(bytesOf(JSON.stringify(settled))).toBeLessThan(210 * 1024);
    expect(settled.length).toBeGreaterThan(50);
    expect(settled.length).toBeLessThan(300);
  });
});

it('a probe asks no more tenants at a time than a run migrates, of the fleet and of one server', () => {
  const positive = (max: number) => fc.integer({ min: 1, max });
  return fc.assert(
    fc.asyncProperty(positive(10_000), fc.option(positive(1_000)), async (most, ofHost) => {
      const machine = stepMachine({ tenants: fleetOf(1) });
      const under = machine.begin();
      const perHostLimit = ofHost === null ? {} : { maxPerHost: ofHost };
      const { round } = await machine.open({ maxConcurrency: most, ...perHostLimit }, under);
      const { directory, store, deployed } = machine;
      const { probe } = await listTenants(
        { execution: { ...EXECUTION, ...under.execution }, round: roundOf(round) },
        { directory, store, bundle: deployed.bundle, now: () => 0 },
      );
      const { maxConcurrency = 0, atATime = 0, perHost = 0 } = probe ?? {};
      expect(Math.min(maxConcurrency, atATime, perHost)).toBeGreaterThan(0);
      expect(maxConcurrency * atATime).toBeLessThanOrEqual(most);
      expect(maxConcurrency * perHost).toBeLessThanOrEqual(ofHost ?? most);
    }),
    { numRuns: 50 },
  );
});
