import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { plainLook } from '../../../src/cli/output/look.ts';
import { createProgressMeter } from '../../../src/cli/output/progress.ts';
import { progressLine } from '../../../src/cli/output/progress-line.ts';

describe('progressLine', () => {
  const partDone = { total: 1_000, done: 412, failed: 3, rate: 23.4, stillMs: 0 };

  test('the progress line shows tenants, share, rate, failures and remaining time', () => {
    expect(progressLine(partDone, { ...plainLook, width: 80 })).toBe(
      '█████████░░░░░░░░░░░░░░░  412/1,000  41%  23/s  3 failed  25 s left',
    );
  });

  test('the progress line shows no remaining time before it has a rate', () => {
    expect(
      progressLine(
        { total: 5, done: 0, failed: 0, rate: undefined, stillMs: 0 },
        { ...plainLook, width: 80 },
      ),
    ).toBe('░░░░░░░░░░░░░░░░░░░░░░░░  0/5  0%  –/s  0 failed');
  });

  test('the progress line shows 99% until the last tenant has finished', () => {
    const almost = { total: 1_000_000, done: 999_999, failed: 0, rate: 2, stillMs: 0 };
    expect(progressLine(almost, { ...plainLook, width: 80 })).toContain(' 99% ');
  });

  test.each([20, 30, 40, 50, 60, 79, 80, 200])(
    'the progress line fits into %i columns',
    (width) => {
      const huge = { total: 1_000_000, done: 123_456, failed: 98_765, rate: 0.4, stillMs: 0 };
      const line = progressLine(huge, { ...plainLook, width });
      expect(stringWidth(line)).toBeLessThan(width);
      expect(line).toContain('123,456/1,000,000');
    },
  );
});

describe('createProgressMeter', () => {
  test('the rate is measured over the last half minute', () => {
    let time = 0;
    const meter = createProgressMeter(() => time);
    meter.start(1_000);
    expect(meter.read().rate).toBeUndefined();
    for (let second = 1; second <= 60; second += 1) {
      time = second * 1_000;
      // Slow for half a minute, then fast.
      for (let tenant = 0; tenant < (second <= 30 ? 1 : 10); tenant += 1) meter.finished(false);
    }
    expect(meter.read()).toMatchObject({ total: 1_000, done: 330, failed: 0 });
    expect(meter.read().rate).toBeCloseTo(10, 0);
  });

  test('the rate falls while nothing finishes', () => {
    let time = 0;
    const meter = createProgressMeter(() => time);
    meter.start(2);
    time = 1_000;
    meter.finished(true);
    expect(meter.read()).toEqual({ total: 2, done: 1, failed: 1, rate: 1, stillMs: 0 });
    time = 10_000;
    expect(meter.read().rate).toBeCloseTo(0.1);
  });

  test('neither a rate nor a remaining time is shown while nothing finishes', () => {
    let time = 0;
    const meter = createProgressMeter(() => time);
    meter.start(3);
    time = 1_000;
    meter.finished(false);
    time = 46_000;
    const look = { ...plainLook, width: 80 };
    expect(progressLine(meter.read(), look)).toContain('1/3  33%  none for 45 s  0 failed');
    expect(progressLine(meter.read(), look)).not.toContain('left');
    meter.finished(false);
    expect(progressLine(meter.read(), look)).toContain('left');
  });

  test('the meter includes tenants that are added later', () => {
    const meter = createProgressMeter(() => 0);
    meter.start(2);
    meter.finished(false);
    meter.more(3);
    expect(meter.read()).toMatchObject({ total: 5, done: 1, failed: 0 });
  });
});
