import { describe, expect, it, test } from 'vitest';
import { parseSpan } from '../../../src/core/rollout/span-text.ts';

describe('a span of time in words', () => {
  test.each([
    [
      'mon-fri 22:00-06:00',
      { kind: 'hours', opens: '0 22 * * 1,2,3,4,5', closes: '0 6 * * *', minutes: 480 },
    ],
    [
      'Sat,SUN 9:00 - 17:30',
      { kind: 'hours', opens: '0 9 * * 0,6', closes: '30 17 * * *', minutes: 510 },
    ],
    [
      'fri-mon 00:00-24:00',
      { kind: 'hours', opens: '0 0 * * 0,1,5,6', closes: '0 0 * * *', minutes: 1_440 },
    ],
    ['02:00-04:00', { kind: 'hours', opens: '0 2 * * *', closes: '0 4 * * *', minutes: 120 }],
    ['0 22 * * 1-5 for 8h', { kind: 'cron', cron: '0 22 * * 1-5', ms: 28_800_000 }],
    ['*/15 * * * * for 1h30m', { kind: 'cron', cron: '*/15 * * * *', ms: 5_400_000 }],
    ['0 0 24 12 * for 14d', { kind: 'cron', cron: '0 0 24 12 *', ms: 1_209_600_000 }],
    [
      '2026-12-20..2027-01-05',
      { kind: 'dates', from: '2026-12-20T00:00:00', until: '2027-01-06T00:00:00' },
    ],
    [
      '2026-12-20T18:00/2026-12-31 24:00',
      { kind: 'dates', from: '2026-12-20T18:00:00', until: '2027-01-01T00:00:00' },
    ],
    [
      '2026-12-24..2026-12-24',
      { kind: 'dates', from: '2026-12-24T00:00:00', until: '2026-12-25T00:00:00' },
    ],
  ])('the span %s is read', (text, expected) => {
    expect(parseSpan(text)).toEqual(expected);
  });

  it.each([
    '',
    'always',
    '22:00',
    '22:00-22:00',
    '24:00-06:00',
    '25:00-06:00',
    '22:60-06:00',
    'mon-foo 22:00-06:00',
    '0 22 * * 1-5',
    '0 22 * * 1-5 for',
    '0 22 * * 1-5 for 0h',
    '0 22 * * 1-5 for h',
    '0 22 * * 1-5 for 367d',
    '0 22 * * for 8h',
    '2026-12-20',
    '2026-02-30..2026-03-01',
    '2026-13-01..2026-14-01',
    '2027-01-05..2026-12-20',
    '2026-12-20 18:00..2026-12-20 18:00',
  ])('the span %j is refused', (text) => {
    expect(parseSpan(text)).toBeUndefined();
  });
});
