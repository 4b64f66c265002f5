import { expect, it } from 'vitest';
import type { Outcome } from '../../../../src/core/outcome.ts';
import type {
  Calibration,
  KeptForecast,
} from '../../../../src/core/safety/forecast/calibration.ts';
import { compareRun } from '../../../../src/core/safety/forecast/compare-run.ts';
import { forecastTenant } from '../../../../src/core/safety/forecast/forecast-tenant.ts';
import { learnRates } from '../../../../src/core/safety/forecast/learn-rates.ts';
import {
  rangeScaleOf,
  rangeScore,
  scaledRange,
} from '../../../../src/core/safety/forecast/range-score.ts';
import { factsOf, HOST, tableOf, tenantNumbered, workOf } from './forecasting.ts';

const RANGE = { low: 50, likely: 100, high: 400 };

it('scores a time by the side of the range on which it is', () => {
  expect(rangeScore(RANGE, 100)).toBe(0);
  expect(rangeScore(RANGE, 400)).toBeCloseTo(1);
  expect(rangeScore(RANGE, 200)).toBeCloseTo(0.5);
  expect(rangeScore(RANGE, 50)).toBeCloseTo(-1);
  expect(rangeScore(RANGE, 25)).toBeCloseTo(-2);
  // Half of the range was shown, and the time was at its end.
  expect(rangeScore({ ...RANGE, high: 200 }, 200, { low: 1, high: 0.5 })).toBeCloseTo(0.5);
});

it('shows a part of a range, and gets the time back that is at the end of it', () => {
  expect(scaledRange(RANGE, { low: 1, high: 1 })).toEqual(RANGE);
  expect(scaledRange(RANGE, { low: 2, high: 0.5 })).toEqual({ low: 25, likely: 100, high: 200 });
  expect(scaledRange({ low: 0, likely: 0, high: 0 }, { low: 2, high: 2 })).toEqual({
    low: 0,
    likely: 0,
    high: 0,
  });
});

it('takes tenants of the same basis, if there are enough, and does not follow them everywhere', () => {
  const scores = (count: number, score: number) =>
    Array.from({ length: count }, () => ({ of: 'host' as const, score }));
  expect(rangeScaleOf(scores(9, 0.5), 'host')).toBeUndefined();
  expect(rangeScaleOf(scores(30, 0.5), 'migration')).toBeUndefined();
  expect(rangeScaleOf(scores(30, 0.5), 'host')).toEqual({ low: 0.25, high: 0.5 });
  expect(rangeScaleOf(scores(30, 99), 'host')).toEqual({ low: 0.25, high: 4 });
});

/** Numbers from 0 to below 1, the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

const IDS = ['a', 'b', 'c', 'd', 'e', 'f'];
const WORKS = new Map(IDS.map((id) => [id, workOf(id, {})]));
const TENANTS = 30;

async function* eachOf<Item>(items: readonly Item[]): AsyncGenerator<Item, void, undefined> {
  yield* items;
}

/** Six migrations on fleets of made-up tenants, one run after the other, each forecast by those before it. */
async function runs(count: number, seed: number, runNoise: number) {
  const random = randomOf(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const calibrations: Calibration[] = [];
  const widths: number[] = [];
  for (let run = 0; run < count; run += 1) {
    const rates = learnRates(calibrations, 8);
    const ofRun = Math.exp(runNoise * normal());
    const kept: KeptForecast[] = [];
    const outcomes: Outcome[] = [];
    for (let number = 0; number < TENANTS; number += 1) {
      const megabytes = 0.5 * 100 ** random();
      const { id } = tenantNumbered(run * TENANTS + number);
      const tenant = { ...tenantNumbered(number), id };
      const facts = factsOf([tableOf('t', megabytes)]);
      const { ms, basis, scale, migrations } = forecastTenant({
        ...{ tenant, host: HOST, pending: IDS, works: WORKS, facts, rates },
      });
      widths.push(ms.high / ms.low);
      const own = migrations.map(({ id: migration, ms: { likely }, work }) => ({
        ...{ id: migration, ms: likely, work },
      }));
      kept.push({ id, host: HOST, ms, basis, scale, migrations: own });
      const applied = IDS.map((name) => ({
        name: `${name}.js`,
        durationMs: Math.round((40 + 15 * megabytes) * ofRun * Math.exp(0.35 * normal())),
      }));
      const durationMs = applied.reduce((sum, one) => sum + one.durationMs, 20);
      const common = { tenant, wave: 1, position: number, tries: 1, notes: [] };
      outcomes.push({ ...common, status: 'migrated', applied, durationMs } as Outcome);
    }
    const about = { runId: `run${run}`, forecastOf: `plan${run}`, atATime: 8 };
    const calibration = await compareRun(about, eachOf(kept), eachOf(outcomes));
    if (calibration !== undefined) calibrations.unshift(calibration);
  }
  return { calibrations, widths: widths.slice(-TENANTS) };
}

/** The part of the tenants of the last runs that was in the range, and the middle width of those. */
async function measure(count: number, runNoise = 0) {
  let inRange = 0;
  const all: number[] = [];
  const worlds = 12;
  for (let seed = 1; seed <= worlds; seed += 1) {
    const { calibrations, widths } = await runs(count, seed * 7_919, runNoise);
    inRange += calibrations[0]?.tenants.inRange ?? 0;
    all.push(...widths);
  }
  const width = all.sort((one, other) => one - other)[all.length >> 1] ?? 0;
  return { part: inRange / (worlds * TENANTS), width };
}

it('narrows the range of a tenant to the one that nine of ten are in, once a run has shown it', async () => {
  // The first run has usual rates, the second those of the same migrations, whose ranges add up.
  const [added, learned] = [await measure(2), await measure(4)];
  expect(added.part).toBeGreaterThan(0.97);
  expect(learned.part).toBeGreaterThan(0.9);
  expect(learned.part).toBeLessThan(0.99);
  expect(learned.width).toBeLessThan(added.width * 0.7);
});

it('holds as many if whole runs differ, since it was learned from runs', async () => {
  const { part } = await measure(7, 0.15);
  expect(part).toBeGreaterThan(0.84);
});
