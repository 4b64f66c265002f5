import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { nextStart, type StartTimes } from '../../../src/core/rollout/next-start.ts';

function startOf(times: StartTimes, at: string): string | undefined {
  const start = nextStart(times, Date.parse(at));
  return start === undefined ? undefined : new Date(start).toISOString().replace('.000Z', 'Z');
}

const NIGHTS = ['mon-fri 22:00-06:00'];

describe('the next start of a wave', () => {
  test.each([
    [
      'before the window of the day',
      { windows: NIGHTS },
      '2026-11-30T12:00:00Z',
      '2026-11-30T22:00:00Z',
    ],
    ['at the opening', { windows: NIGHTS }, '2026-11-30T22:00:00Z', '2026-11-30T22:00:00Z'],
    ['after midnight, within', { windows: NIGHTS }, '2026-12-01T05:59:59Z', '2026-12-01T05:59:59Z'],
    ['at the end', { windows: NIGHTS }, '2026-12-01T06:00:00Z', '2026-12-01T22:00:00Z'],
    [
      'on Saturday morning, of Friday night',
      { windows: NIGHTS },
      '2026-12-05T05:00:00Z',
      '2026-12-05T05:00:00Z',
    ],
    ['on Saturday evening', { windows: NIGHTS }, '2026-12-05T22:30:00Z', '2026-12-07T22:00:00Z'],
    [
      'over the end of the week',
      { windows: ['fri-mon 10:00-11:00'] },
      '2026-12-05T11:00:00Z',
      '2026-12-06T10:00:00Z',
    ],
    [
      'with a cron expression',
      { windows: ['0 22 * * 1-5 for 8h'] },
      '2026-12-05T05:59:00Z',
      '2026-12-05T05:59:00Z',
    ],
    [
      'on the first Tuesday',
      { windows: ['0 2 * * 2#1 for 90m'] },
      '2026-12-02T00:00:00Z',
      '2027-01-05T02:00:00Z',
    ],
    [
      'during a freeze',
      { freezes: ['2026-12-20..2027-01-05'] },
      '2026-12-24T00:00:00Z',
      '2027-01-06T00:00:00Z',
    ],
    [
      'before a freeze',
      { freezes: ['2026-12-20..2027-01-05'] },
      '2026-12-19T23:59:59Z',
      '2026-12-19T23:59:59Z',
    ],
    [
      'with a freeze in hours of dates',
      { freezes: ['2026-12-24 18:00/2026-12-25T09:30'] },
      '2026-12-25T00:00:00Z',
      '2026-12-25T09:30:00Z',
    ],
    [
      'with freezes that follow each other',
      { freezes: ['2026-12-20..2026-12-22', '2026-12-22..2026-12-24'] },
      '2026-12-20T00:00:00Z',
      '2026-12-25T00:00:00Z',
    ],
    [
      'with every Friday frozen',
      { windows: ['12:00-13:00'], freezes: ['fri 00:00-24:00'] },
      '2026-12-03T13:00:00Z',
      '2026-12-05T12:00:00Z',
    ],
    [
      'after a freeze, outside of a window',
      { windows: NIGHTS, freezes: ['2026-12-20..2027-01-05'] },
      '2026-12-21T23:00:00Z',
      '2027-01-06T00:00:00Z',
    ],
  ] as const)('the next start of a wave is right %s', (_, times, at, expected) => {
    expect(startOf(times, at)).toBe(expected);
  });

  test.each([
    ['a day that does not exist', { windows: ['0 0 31 2 * for 8h'] }],
    ['a window that is over', { windows: ['2020-01-01..2020-01-02'] }],
    [
      'a freeze over the only window',
      { windows: ['mon 10:00-12:00'], freezes: ['mon 00:00-24:00'] },
    ],
    ['a freeze without end', { freezes: ['* * * * * for 7d'] }],
    ['a freeze that ends and begins every minute', { freezes: ['* * * * * for 1m'] }],
  ] as const)('a wave never starts with %s', (_, times) => {
    expect(startOf(times, '2026-11-30T12:00:00Z')).toBeUndefined();
  });

  // Germany: 29 March 2026, 02:00 becomes 03:00; 25 October 2026, 03:00 becomes 02:00.
  test.each([
    [
      'opens after the gap if its time is skipped',
      '02:30-04:00',
      '2026-03-29T00:00:00Z',
      '2026-03-29T01:00:00Z',
    ],
    [
      'keeps its end on the clock in spring',
      '01:00-04:00',
      '2026-03-29T01:59:59Z',
      '2026-03-29T01:59:59Z',
    ],
    ['is an hour shorter in spring', '01:00-04:00', '2026-03-29T02:00:00Z', '2026-03-29T23:00:00Z'],
    [
      'does not open at all if it is skipped as a whole',
      '02:15-02:45',
      '2026-03-29T00:59:00Z',
      '2026-03-30T00:15:00Z',
    ],
    [
      'does not open at all if it is exactly the gap',
      '02:00-03:00',
      '2026-03-29T00:59:00Z',
      '2026-03-30T00:00:00Z',
    ],
    ['is an hour longer in autumn', '01:00-04:00', '2026-10-25T02:59:59Z', '2026-10-25T02:59:59Z'],
    [
      'closes in autumn at its end on the clock',
      '01:00-04:00',
      '2026-10-25T03:00:00Z',
      '2026-10-26T00:00:00Z',
    ],
    [
      'opens once in an hour that comes twice',
      '02:15-02:45',
      '2026-10-25T00:15:00Z',
      '2026-10-25T00:15:00Z',
    ],
    [
      'does not open a second time in that hour',
      '02:15-02:45',
      '2026-10-25T01:15:00Z',
      '2026-10-26T01:15:00Z',
    ],
    [
      'of a cron expression has its length in spring',
      '0 1 * * * for 3h',
      '2026-03-29T02:59:59Z',
      '2026-03-29T02:59:59Z',
    ],
    [
      'of a cron expression has its length in autumn',
      '0 1 * * * for 3h',
      '2026-10-25T02:00:00Z',
      '2026-10-26T00:00:00Z',
    ],
  ])('a window %s', (_, window, at, expected) => {
    expect(startOf({ windows: [window], timeZone: 'Europe/Berlin' }, at)).toBe(expected);
  });

  it('a window follows clock changes of half an hour and at midnight', () => {
    // Lord Howe Island, 5 April 2026: 02:00 becomes 01:30.
    const lord = { windows: ['01:00-03:00'], timeZone: 'Australia/Lord_Howe' };
    expect(startOf(lord, '2026-04-04T16:29:59Z')).toBe('2026-04-04T16:29:59Z');
    expect(startOf(lord, '2026-04-04T16:30:00Z')).toBe('2026-04-05T14:30:00Z');
    // Cairo, 24 April 2026: 00:00 becomes 01:00.
    const cairo = { windows: ['00:00-02:00'], timeZone: 'Africa/Cairo' };
    expect(startOf(cairo, '2026-04-23T21:59:59Z')).toBe('2026-04-23T22:00:00Z');
    expect(startOf(cairo, '2026-04-23T23:00:00Z')).toBe('2026-04-24T21:00:00Z');
  });

  it('a window agrees with the clock on the wall on days without a change, in every zone', () => {
    const zones = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'America/Sao_Paulo',
      'Pacific/Chatham',
    );
    const minute = fc.integer({ min: 0, max: 1_439 });
    // From 10 to 20 December and in June, no zone of these changes its clock.
    const at = fc.oneof(
      fc.integer({ min: Date.parse('2026-12-10'), max: Date.parse('2026-12-19') }),
      fc.integer({ min: Date.parse('2026-06-10'), max: Date.parse('2026-06-19') }),
    );
    fc.assert(
      fc.property(zones, minute, minute, at, (timeZone, from, to, moment) => {
        fc.pre(from !== to);
        const windows = [`${clock(from)}-${clock(to)}`];
        const start = nextStart({ windows, timeZone }, moment);
        expect(start).toBeDefined();
        const isOpen = (time: number) => {
          const now = wallMinute(time, timeZone);
          return from < to ? now >= from && now < to : now >= from || now < to;
        };
        expect(isOpen(start ?? 0)).toBe(true);
        expect(start === moment).toBe(isOpen(moment));
        // It is an opening, and within a day.
        if (start !== moment) expect(wallMinute(start ?? 0, timeZone)).toBe(from);
        expect((start ?? 0) - moment).toBeLessThanOrEqual(86_400_000);
      }),
      { numRuns: 150 },
    );
  });
});

function clock(minutes: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Minutes since midnight on the wall, by the time zones of Node. */
function wallMinute(at: number, timeZone: string): number {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  formats.set(timeZone, format);
  const [hour, minute] = format.format(at).split(':').map(Number);
  return (hour ?? 0) * 60 + (minute ?? 0);
}
