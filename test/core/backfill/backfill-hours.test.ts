import { describe, expect, it } from 'vitest';
import { closedMessage, closedUntil } from '../../../src/core/backfill/backfill-hours.ts';

/** The moment until which backfills wait, as ISO 8601 to the minute; undefined if they may run. */
function waits(at: string, backfillWindows?: string[], timeZone = 'Europe/Berlin') {
  const until = closedUntil({ backfillWindows, timeZone }, Date.parse(at));
  return until === undefined || !Number.isFinite(until)
    ? until
    : new Date(until).toISOString().slice(0, 16);
}

describe('the hours of backfills', () => {
  const NIGHT = ['22:00-06:00'];
  it.each<[string, string[] | undefined, string | undefined]>([
    ['2026-12-01T12:00Z', undefined, undefined],
    // Over midnight, in Berlin.
    ['2026-12-01T20:59Z', NIGHT, '2026-12-01T21:00'],
    ['2026-12-01T21:00Z', NIGHT, undefined],
    ['2026-12-02T04:59Z', NIGHT, undefined],
    ['2026-12-02T05:00Z', NIGHT, '2026-12-02T21:00'],
    // The night in which clocks go forward ends at 06:00 of summer time, an hour sooner.
    ['2026-03-29T03:59Z', NIGHT, undefined],
    ['2026-03-29T04:00Z', NIGHT, '2026-03-29T20:00'],
    // The night in which they go back ends at 06:00 of winter time, an hour later.
    ['2026-10-25T04:59Z', NIGHT, undefined],
    ['2026-10-25T05:00Z', NIGHT, '2026-10-25T21:00'],
    // Hours that clocks skip do not come on that day.
    ['2026-03-29T00:30Z', ['02:15-02:45'], '2026-03-30T00:15'],
    // Several: the next of them.
    ['2026-12-01T12:00Z', ['mon-fri 22:00-06:00', 'sat 00:00-24:00'], '2026-12-01T21:00'],
  ])('at %s, with %j, wait until %s', (at, windows, until) => {
    expect(waits(at, windows)).toBe(until);
  });

  it('say so if they never come again', () => {
    expect(waits('2026-12-01T12:00Z', ['2026-01-01..2026-02-01'])).toBe(Number.POSITIVE_INFINITY);
    expect(closedMessage(Number.POSITIVE_INFINITY, {})).toContain('do not come again');
    expect(closedMessage(0, { timeZone: 'Asia/Tokyo' })).toContain('1970-01-01T00:00:00.000Z');
  });
});
