import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSchedule } from '../../../../src/core/safety/forecast/schedule.ts';

const times = fc.array(fc.integer({ min: 0, max: 1_000 }), { maxLength: 80 });
const slots = fc.integer({ min: 1, max: 12 });

/** The slots one by one, the plain way. */
function plain(lengths: readonly number[], atATime: number): number {
  const free = Array.from({ length: atATime }, () => 0);
  for (const ms of lengths) {
    const first = free.indexOf(Math.min(...free));
    free[first] = (free[first] ?? 0) + ms;
  }
  return Math.max(0, ...free);
}

test('a run is as long as its tenants take in slots that are free', () => {
  fc.assert(
    fc.property(times, slots, (lengths, atATime) => {
      const schedule = createSchedule(atATime);
      for (const ms of lengths) schedule.add(ms, 1);
      expect(schedule.length).toBe(plain(lengths, atATime));
    }),
  );
});

test('a later wave begins when the one before it has ended', () => {
  fc.assert(
    fc.property(times, times, slots, (first, second, atATime) => {
      const schedule = createSchedule(atATime);
      for (const ms of first) schedule.add(ms, 1);
      for (const ms of second) schedule.add(ms, 2);
      expect(schedule.length).toBe(plain(first, atATime) + plain(second, atATime));
    }),
  );
});
