import { expect, test } from 'vitest';
import type { Outcome } from '../../../../src/core/outcome.ts';
import type { KeptForecast } from '../../../../src/core/safety/forecast/calibration.ts';
import { isNear } from '../../../../src/core/safety/forecast/calibration.ts';
import { compareRun } from '../../../../src/core/safety/forecast/compare-run.ts';
import { createFleetForecast } from '../../../../src/core/safety/forecast/fleet-forecast.ts';
import { forecastFleet } from '../../../../src/core/safety/forecast/forecast-fleet.ts';
import { forecastTenant } from '../../../../src/core/safety/forecast/forecast-tenant.ts';
import { learnRates } from '../../../../src/core/safety/forecast/learn-rates.ts';
import type { Tenant } from '../../../../src/core/tenant.ts';
import { factsOf, HOST, tableOf, tenantNumbered, workOf } from './forecasting.ts';

const works = new Map([['a', workOf('a', {})]]);
const rates = learnRates([], 4);

function rowOf(number: number): Tenant {
  const { id, slug, name, database } = tenantNumbered(number);
  return {
    id,
    slug,
    name,
    status: 'ACTIVE',
    address: { host: 'db1', port: 3306, database, user: 'u' },
    encryptedPassword: '',
    schemaVersion: null,
    lastMigratedAt: null,
    lastRunId: null,
  };
}

function planned(number: number, pending: readonly string[], wave = 1): Outcome {
  const tenant = tenantNumbered(number);
  return {
    status: 'planned',
    tenant,
    pending,
    wave,
    position: number,
    tries: 1,
    durationMs: 1,
    notes: [],
  };
}

function migrated(number: number, ms: number, more: Partial<Outcome> = {}): Outcome {
  const applied = [{ name: 'a.js', durationMs: ms }];
  return {
    ...planned(number, []),
    status: 'migrated',
    applied,
    durationMs: ms + 10,
    ...more,
  } as Outcome;
}

async function* eachOf<Item>(items: Iterable<Item>): AsyncGenerator<Item, void, undefined> {
  yield* items;
}

async function allOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test('a fleet is read once each, in the order of the plan, and what cannot be read is counted', async () => {
  const asked: string[] = [];
  const unread: string[] = [];
  const failure = {
    code: 'AccessDenied',
    message: 'no',
    nextStep: '',
    retryable: false,
    fingerprint: '',
  } as const;
  const { kept, fleet } = forecastFleet(
    eachOf([planned(1, ['a.js']), planned(2, []), planned(3, ['a.js']), planned(4, ['a.ts'])]),
    { works, rates, atATime: 4 },
    {
      directory: { findByIds: async (ids) => ids.map((id) => rowOf(Number(id.slice(3)))) },
      readFacts: async ({ slug }, tables) => {
        asked.push(`${slug} ${tables.join()}`);
        if (slug === 't3') return { status: 'failed', failure };
        return { status: 'read', facts: factsOf([tableOf('t', slug === 't1' ? 10 : 20)]) };
      },
      onTenant: () => {},
      onUnread: ({ slug }) => unread.push(slug),
    },
  );
  expect((await allOf(kept)).map(({ id }) => id)).toEqual(['id-1', 'id-4']);
  expect(asked.sort()).toEqual(['t1 t', 't3 t', 't4 t']);
  expect(unread).toEqual(['t3']);
  const { slowest, largest, ...rest } = fleet();
  expect(rest).toMatchObject({ tenants: 2, upToDate: 1, unread: 1, atATime: 4, locked: 2 });
  expect(slowest.map(({ tenant }) => tenant.slug)).toEqual(['t4', 't1']);
  expect(largest.map(({ table }) => table.dataBytes)).toEqual([20e6, 10e6]);
  expect(rest.length.likely).toBe(slowest[0]?.ms.likely);
});

test('the fold keeps no more for a hundred thousand tenants than for a thousand', () => {
  const sizeAfter = (count: number) => {
    const fold = createFleetForecast(8);
    for (let number = 0; number < count; number += 1) {
      const facts = factsOf([tableOf('t', number % 97)], {
        transactions: number % 3 === 0 ? { hidden: 'no' } : { seen: [{ id: 1, seconds: number }] },
      });
      const tenant = tenantNumbered(number);
      const forecast = forecastTenant({ tenant, host: HOST, pending: ['a'], works, facts, rates });
      fold.add(forecast, HOST, 1);
    }
    const fleet = fold.read();
    expect(fleet.tenants).toBe(count);
    expect(fleet.sessions.transactions.having).toBe(count - Math.ceil(count / 3));
    return JSON.stringify(fleet).length;
  };
  expect(sizeAfter(100_000)).toBeLessThan(sizeAfter(1_000) * 1.2);
});

test('a run is compared tenant by tenant, and only what was measured counts', async () => {
  const forecast = (number: number, ms: number): KeptForecast => ({
    id: `id-${number}`,
    host: HOST,
    ms: { low: ms, likely: ms + 10, high: ms + 50 },
    migrations: [{ id: 'a', ms, work: { copy: { statements: 1, bytes: ms * 1e4 } } }],
  });
  const calibration = await compareRun(
    { runId: 'run', forecastOf: 'plan', atATime: 8 },
    eachOf([
      ...[1, 2, 3, 4, 5].map((number) => forecast(number, number * 100)),
      // An older one.
      forecast(1, 9_999),
    ]),
    eachOf([
      migrated(1, 120),
      migrated(2, 400),
      // Waited between its attempts.
      migrated(3, 300, { tries: 2 }),
      // Was not forecast.
      migrated(9, 100),
      planned(4, ['a.js']),
    ]),
  );
  expect(calibration).toMatchObject({
    format: 1,
    // No more than the tenants of the run.
    atATime: 5,
    // A fifth of a second matters to nobody; the range is what was promised.
    tenants: { tenants: 2, within: 1, near: 2, inRange: 1, expectedMs: 320, takenMs: 540 },
    migrations: { a: { tenants: 2, within: 1, near: 2, expectedMs: 300, takenMs: 520 } },
    aroundMs: [{ ms: 10 }, { ms: 10 }],
  });
  expect(calibration?.samples.map(({ ms }) => ms).sort()).toEqual([120, 400]);
});

test('a run without a forecast of its tenants is not compared', async () => {
  const run = { runId: 'run', forecastOf: 'plan', atATime: 8 };
  expect(await compareRun(run, eachOf([]), eachOf([migrated(1, 1)]))).toBeUndefined();
});

test('a quarter of a second is near enough for a short tenant, and a quarter of its time for a long one', () => {
  expect([isNear(10, 255), isNear(0, 251), isNear(1_250, 1_000), isNear(1_251, 1_000)]).toEqual([
    true,
    false,
    true,
    false,
  ]);
  expect([isNear(75_000, 100_000), isNear(74_000, 100_000)]).toEqual([true, false]);
});
