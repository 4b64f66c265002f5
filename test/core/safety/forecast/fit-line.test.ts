import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitLine } from '../../../../src/core/safety/forecast/fit-line.ts';

test('a line is found again in times that follow it', () => {
  const sizes = fc.uniqueArray(fc.integer({ min: 0, max: 100_000 }), {
    minLength: 3,
    maxLength: 60,
  });
  const positive = fc.integer({ min: 1, max: 5_000 });
  fc.assert(
    fc.property(sizes, positive, positive, (xs, constant, slope) => {
      const line = fitLine(xs.map((x) => ({ x, n: 1, ms: constant + slope * x })));
      for (const x of xs) {
        const ms = constant + slope * x;
        expect(Math.abs(line.constantMs + line.slope * x - ms) / ms).toBeLessThan(0.01);
      }
    }),
  );
});

test('neither the constant nor the slope is ever negative', () => {
  const point = fc.record({
    x: fc.double({ min: 0, max: 1e6, noNaN: true }),
    n: fc.integer({ min: 1, max: 9 }),
    ms: fc.double({ min: 0, max: 1e7, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(point, { maxLength: 40 }), (points) => {
      const { constantMs, slope } = fitLine(points);
      expect(constantMs).toBeGreaterThanOrEqual(0);
      expect(slope).toBeGreaterThanOrEqual(0);
      expect(Number.isFinite(constantMs + slope)).toBe(true);
    }),
  );
});

test('sizes so small that their products are 0 draw no line', () => {
  for (const x of [5e-324, 1e-200, 2e-160]) {
    expect(fitLine([{ x, n: 1, ms: 1 }])).toEqual({ constantMs: 1, slope: 0 });
  }
});

test('a few tenants that waited for a lock do not draw the line to themselves', () => {
  const points = Array.from({ length: 40 }, (_, x) => ({ x, n: 1, ms: 50 + 10 * x }));
  const waited = points.map((point, index) =>
    index % 10 === 3 ? { ...point, ms: 60_000 } : point,
  );
  const { constantMs, slope } = fitLine(waited);
  expect(constantMs + slope * 20).toBeGreaterThan(240);
  expect(constantMs + slope * 20).toBeLessThan(260);
});
