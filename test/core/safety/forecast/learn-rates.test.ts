import { expect, test } from 'vitest';
import { learnRates } from '../../../../src/core/safety/forecast/learn-rates.ts';
import { DEFAULT_RATES, usualRate } from '../../../../src/core/safety/forecast/rate.ts';
import { calibrationOf, HOST, sample } from './forecasting.ts';

const tens = [1, 2, 3, 4, 5, 6].map((each) => each * 10);
const copies = (slope: number, more = {}) =>
  tens.map((megabytes) => sample('a', megabytes, 100 + slope * megabytes, more));

const copyOf = (megabytes: number) => ({ copy: { statements: 1, bytes: megabytes * 1e6 } });

test('without measurements rates are the usual ones, and say so', () => {
  const rates = learnRates([], 8);
  expect(rates.rateOf('copy', HOST, 1)).toEqual(usualRate(DEFAULT_RATES.copy, 8));
  expect(rates.correctionOf('a', HOST, copyOf(1))).toBeUndefined();
  expect(rates.tenantMs.basis).toEqual({ of: 'default' });
});

test('more tenants at a time may slow each other down: usual rates are longer, and reach farther', () => {
  const few = learnRates([], 2).rateOf('copy', HOST, 1);
  const many = learnRates([], 8).rateOf('copy', HOST, 1);
  expect(few).toEqual(DEFAULT_RATES.copy);
  expect(many.msPerMb).toBe(2 * few.msPerMb);
  expect(many.msPerMb * many.high).toBe(4 * few.msPerMb * few.high);
  expect(many.msPerMb * many.low).toBeCloseTo(few.msPerMb * few.low);
  expect(learnRates([], 64).rateOf('copy', HOST, 1)).toEqual(many);
});

test('a rate is that of the server if enough was measured there, else of the fleet', () => {
  const other = { host: 'db2:3306' };
  const rates = learnRates([calibrationOf([...copies(20), ...copies(60, other)])], 8);
  expect(rates.rateOf('copy', HOST, 10)).toMatchObject({ basis: { of: 'host', samples: 6 } });
  expect(rates.rateOf('copy', HOST, 10).msPerMb).toBeCloseTo(20, 0);
  expect(Math.abs(rates.rateOf('copy', other.host, 10).msPerMb - 60)).toBeLessThan(1);
  expect(rates.rateOf('copy', 'db3:3306', 10)).toMatchObject({
    basis: { of: 'fleet', samples: 12 },
  });
});

test('fewer than five measurements say nothing', () => {
  const rates = learnRates([calibrationOf(copies(20).slice(0, 4))], 8);
  expect(rates.rateOf('copy', HOST, 10)).toEqual(usualRate(DEFAULT_RATES.copy, 8));
  expect(rates.correctionOf('a', HOST, copyOf(10))).toBeUndefined();
});

test('small tables do not show what large ones take', () => {
  const small = tens.map((size) => sample('a', size / 1_000, 80));
  const rates = learnRates([calibrationOf(small)], 8);
  expect(rates.rateOf('copy', HOST, 0.05).constantMs).toBeCloseTo(80, 0);
  const large = rates.rateOf('copy', HOST, 500);
  expect(large.basis).toEqual({ of: 'default' });
  expect(large.msPerMb).toBe(usualRate(DEFAULT_RATES.copy, 8).msPerMb);
  expect(rates.correctionOf('a', HOST, copyOf(0.05))).toBeDefined();
  expect(rates.correctionOf('a', HOST, copyOf(500))).toBeUndefined();
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

test('a run of one tenant does not hide what whole runs with another number at a time took', () => {
  const single = calibrationOf([], { aroundMs: [{ host: HOST, ms: 9 }] });
  const around = tens.map((ms) => ({ host: HOST, ms }));
  const whole = calibrationOf(copies(40), { atATime: 16, aroundMs: around });
  const rates = learnRates([single, whole], 8);
  expect(rates.rateOf('copy', HOST, 10)).toMatchObject({ basis: { of: 'host', otherPace: true } });
  expect(rates.tenantMs.basis).toMatchObject({ of: 'fleet', otherPace: true });
  expect(rates.correctionOf('a', HOST, copyOf(10))?.basis).toMatchObject({ otherPace: true });
});

test('a migration that ran elsewhere is forecast by its own times', () => {
  const ofOthers = copies(20, { migration: 'others' });
  const own = tens.map((size) => sample('own', size, 500 + 60 * size));
  const rates = learnRates([calibrationOf([...ofOthers, ...ofOthers, ...own])], 8);
  const correction = rates.correctionOf('own', HOST, copyOf(30));
  expect(correction?.basis).toEqual({ of: 'migration', samples: 6 });
  expect(Math.abs((correction?.ms ?? 0) - 2_300)).toBeLessThan(30);
});

test('kinds that never came alone are distinguished by their shares', () => {
  const samples = tens.flatMap((size) =>
    [1, 3].map((times) =>
      sample(`m${times}`, size, 20 + size * 10 + 15 + times * size * 2, {
        work: {
          copy: { statements: 1, bytes: size * 1e6 },
          index: { statements: 1, bytes: times * size * 1e6 },
        },
      }),
    ),
  );
  const rates = learnRates([calibrationOf(samples)], 8);
  expect(rates.rateOf('copy', HOST, 10).msPerMb).toBeCloseTo(10, 0);
  expect(rates.rateOf('index', HOST, 10).msPerMb).toBeCloseTo(2, 0);
  expect(rates.rateOf('index', HOST, 10).basis).toMatchObject({ of: 'host' });
});

test('rows that nothing has read before take their own time', () => {
  const samples = tens.flatMap((size) =>
    [0, 1].map((cold) =>
      sample(`m${cold}`, size, 50 + size * 8 + cold * size * 6, {
        work: {
          ...copyOf(size),
          ...(cold === 1 && { read: { statements: 1, bytes: size * 1e6 } }),
        },
      }),
    ),
  );
  const rates = learnRates([calibrationOf(samples)], 8);
  expect(rates.rateOf('read', HOST, 10).msPerMb).toBeCloseTo(6, 0);
  expect(rates.rateOf('copy', HOST, 10).msPerMb).toBeCloseTo(8, 0);
});

test('a migration whose rate grows with the size is forecast by tenants of about that size', () => {
  const sizes = Array.from({ length: 40 }, (_, index) => 1.15 ** index);
  const steep = (size: number) => 100 + size * 10 + Math.max(0, size - 40) * 60;
  const samples = sizes.map((size) => sample('a', size, steep(size)));
  const rates = learnRates([calibrationOf(samples)], 8);
  for (const size of [2, 10, 30, 80, 150]) {
    const { ms = 0 } = rates.correctionOf('a', HOST, copyOf(size)) ?? {};
    expect(Math.abs(ms - steep(size)) / steep(size)).toBeLessThan(0.2);
  }
});
