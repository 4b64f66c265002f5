import { expect, it } from 'vitest';
import type { Sample } from '../../../../src/core/safety/forecast/calibration.ts';
import { learnRates } from '../../../../src/core/safety/forecast/learn-rates.ts';
import { rangeOfNext } from '../../../../src/core/safety/forecast/quantile.ts';
import { calibrationOf, HOST, sample } from './forecasting.ts';

/** Numbers from 0 to below 1, the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** A migration of a tenant of any size, whose time is off by chance: `noise` is the deviation of its logarithm. */
function drawnFrom(random: () => number, noise: number): Sample {
  const megabytes = 0.1 * 500 ** random();
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return sample('a', megabytes, Math.round((40 + 15 * megabytes) * Math.exp(noise * normal)));
}

const FLEETS = 40;
const LATER = 50;

/** The part of later tenants whose times are in the range, over many fleets of which so many tenants were measured. */
function coverage(measured: number, noise: number): { ofMigration: number; ofKind: number } {
  const random = randomOf(measured * 31 + 7);
  const all = FLEETS * LATER;
  let [ofMigration, ofKind] = [0, 0];
  for (let fleet = 0; fleet < FLEETS; fleet += 1) {
    const samples = Array.from({ length: measured }, () => drawnFrom(random, noise));
    const rates = learnRates([calibrationOf(samples)], 8);
    for (let later = 0; later < LATER; later += 1) {
      const { work, ms } = drawnFrom(random, noise);
      const own = rates.correctionOf('a', HOST, work);
      // Beyond the measured sizes there is none.
      if (own === undefined || (ms >= own.ms * own.low && ms <= own.ms * own.high)) {
        ofMigration += 1;
      }
      const megabytes = (work.copy?.bytes ?? 0) / 1e6;
      const { constantMs, msPerMb, low, high } = rates.rateOf('copy', HOST, megabytes);
      const likely = constantMs + msPerMb * megabytes;
      if (ms >= likely * low && ms <= likely * high) ofKind += 1;
    }
  }
  return { ofMigration: ofMigration / all, ofKind: ofKind / all };
}

it.each([
  [8, 0.1],
  [8, 0.5],
  [16, 0.1],
  [16, 0.5],
  [60, 0.3],
])(
  'holds about nine of ten later times if %d were measured with noise of %d',
  (measured, noise) => {
    const { ofMigration, ofKind } = coverage(measured, noise);
    for (const part of [ofMigration, ofKind]) {
      expect(part).toBeGreaterThan(0.84);
      expect(part).toBeLessThan(0.96);
    }
  },
);

it('says little from the fewest times that count, and does not claim more', () => {
  const { ofMigration, ofKind } = coverage(5, 0.3);
  expect(ofMigration).toBeGreaterThan(0.78);
  expect(ofKind).toBeGreaterThan(0.78);
});

it('narrows with the noise', () => {
  const width = (noise: number) => {
    const random = randomOf(3);
    const samples = Array.from({ length: 40 }, () => drawnFrom(random, noise));
    const { low, high } = learnRates([calibrationOf(samples)], 8).rateOf('copy', HOST, 10);
    return high / low;
  };
  expect(width(0.05)).toBeLessThan(1.35);
  expect(width(0.3)).toBeGreaterThan(width(0.05) * 1.5);
});

it('takes the places between which the next value falls, and the outermost ones of few', () => {
  const nineteen = Array.from({ length: 19 }, (_, index) => index);
  expect(rangeOfNext(nineteen, 0.9)).toEqual({ low: 0, high: 18 });
  expect(rangeOfNext([1, 2, 3], 0.9)).toEqual({ low: 1, high: 3 });
  const many = Array.from({ length: 199 }, (_, index) => index);
  const { low, high } = rangeOfNext(many, 0.9);
  expect(low).toBeCloseTo(9);
  expect(high).toBeCloseTo(189);
  expect(rangeOfNext([7], 0.9)).toEqual({ low: 7, high: 7 });
});
