import { expect, test } from 'vitest';
import { learnRates } from '../../../../src/core/safety/forecast/learn-rates.ts';
import { DEFAULT_RATES } from '../../../../src/core/safety/forecast/rate.ts';
import { calibrationOf, HOST, sample } from './forecasting.ts';

const tens = [1, 2, 3, 4, 5, 6].map((each) => each * 10);
const copies = (slope: number, more = {}) =>
  tens.map((megabytes) => sample('a', megabytes, 100 + slope * megabytes, more));

test('without measurements rates are the usual ones, and say so', () => {
  const rates = learnRates([], 8);
  expect(rates.rateOf('copy', HOST, 1)).toBe(DEFAULT_RATES.copy);
  expect(rates.correctionOf('a', HOST, 1)).toBeUndefined();
  expect(rates.tenantMs.basis).toEqual({ of: 'default' });
});

test('a rate is that of the server if enough was measured there, else of the fleet', () => {
  const other = { host: 'db2:3306' };
  const rates = learnRates([calibrationOf([...copies(20), ...copies(60, other)])], 8);
  expect(rates.rateOf('copy', HOST, 10)).toMatchObject({ basis: { of: 'host', samples: 6 } });
  expect(rates.rateOf('copy', HOST, 10).msPerMb).toBeCloseTo(20, 0);
  expect(rates.rateOf('copy', other.host, 10).msPerMb).toBeCloseTo(60, 0);
  expect(rates.rateOf('copy', 'db3:3306', 10)).toMatchObject({
    basis: { of: 'fleet', samples: 12 },
  });
});

test('fewer than five measurements say nothing', () => {
  const rates = learnRates([calibrationOf(copies(20).slice(0, 4))], 8);
  expect(rates.rateOf('copy', HOST, 10)).toBe(DEFAULT_RATES.copy);
  expect(rates.correctionOf('a', HOST, 10)).toBeUndefined();
});

test('small tables do not show what large ones take', () => {
  const small = tens.map((size) => sample('a', size / 1_000, 80));
  const rates = learnRates([calibrationOf(small)], 8);
  expect(rates.rateOf('copy', HOST, 0.05).constantMs).toBeCloseTo(80);
  const large = rates.rateOf('copy', HOST, 500);
  expect(large.basis).toEqual({ of: 'default' });
  expect(large.msPerMb).toBe(DEFAULT_RATES.copy.msPerMb);
  expect(rates.correctionOf('a', HOST, 0.05)).toBeDefined();
  expect(rates.correctionOf('a', HOST, 500)).toBeUndefined();
});

test('far beyond the measured sizes the range is wider', () => {
  const rates = learnRates([calibrationOf(copies(20))], 8);
  const near = rates.rateOf('copy', HOST, 200);
  const far = rates.rateOf('copy', HOST, 2_000);
  expect(far.msPerMb).toBe(near.msPerMb);
  expect(far.high).toBe(near.high * 2);
  expect(far.low).toBe(near.low / 2);
});

test('measurements with as many tenants at a time come first; others widen the range', () => {
  const slow = calibrationOf(copies(80), { atATime: 32 });
  const both = learnRates([calibrationOf(copies(20)), slow], 8);
  expect(both.rateOf('copy', HOST, 10).msPerMb).toBeCloseTo(20, 0);
  const { basis, high, low } = learnRates([slow], 8).rateOf('copy', HOST, 10);
  expect(basis).toMatchObject({ otherPace: true });
  expect(high).toBeGreaterThanOrEqual(2);
  expect(low).toBeLessThanOrEqual(0.5);
});

test('a migration that ran elsewhere is forecast by its own times', () => {
  const ofOthers = copies(20, { migration: 'others' });
  const own = tens.map((size) => sample('own', size, 500 + 60 * size));
  const rates = learnRates([calibrationOf([...ofOthers, ...ofOthers, ...own])], 8);
  const correction = rates.correctionOf('own', HOST, 30);
  const { msPerMb } = rates.rateOf('copy', HOST, 30);
  expect(correction?.basis).toEqual({ of: 'migration', samples: 6 });
  const ms = (correction?.constantMs ?? 0) + (correction?.factor ?? 0) * 30 * msPerMb;
  expect(Math.abs(ms - 2_300)).toBeLessThan(30);
});

test('migrations of several kinds count for themselves, and not for a kind', () => {
  const work = { copy: { statements: 1, bytes: 1e7 }, index: { statements: 1, bytes: 1e7 } };
  const rates = learnRates([calibrationOf(copies(20).map((one) => ({ ...one, work })))], 8);
  expect(rates.rateOf('copy', HOST, 10)).toBe(DEFAULT_RATES.copy);
  expect(rates.correctionOf('a', HOST, 10)).toBeDefined();
});
