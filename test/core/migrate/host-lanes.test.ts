import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createHostLanes } from '../../../src/core/migrate/host-lanes.ts';

it('keeps the order where there is no cap, whatever the hosts', () => {
  const lanes = createHostLanes<number>(undefined);
  for (const number of [0, 1, 2, 3]) lanes.add(`host${number % 2}`, number);
  const taken = Array.from({ length: 5 }, () => lanes.take()?.item);
  expect(taken).toEqual([0, 1, 2, 3, undefined]);
});

it('passes a host without room over, and serves hosts in turn', () => {
  const lanes = createHostLanes<string>(1);
  for (const name of ['a1', 'a2', 'a3', 'b1', 'b2']) lanes.add(name.slice(0, 1), name);
  expect(lanes.take()?.item).toBe('a1');
  expect(lanes.take()?.item).toBe('b1');
  expect(lanes.take()).toBeUndefined();
  lanes.release('b');
  expect(lanes.take()?.item).toBe('b2');
  expect(lanes.waiting).toBe(2);
  expect(lanes.drain()).toEqual(['a2', 'a3']);
  expect(lanes.waiting).toBe(0);
});

it('never gives a host more than its cap, and loses nothing', () => {
  const step = fc.oneof(
    fc.record({ add: fc.nat({ max: 3 }) }),
    fc.constant('take' as const),
    fc.constant('release' as const),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.array(step, { maxLength: 200 }),
      (cap, steps) => {
        const lanes = createHostLanes<number>(cap);
        const running: { host: string; item: number }[] = [];
        let added = 0;
        let ended = 0;
        for (const move of steps) {
          if (move === 'take') {
            const taken = lanes.take();
            if (taken !== undefined) running.push(taken);
          } else if (move === 'release') {
            const done = running.shift();
            if (done !== undefined) {
              lanes.release(done.host);
              ended += 1;
            }
          } else {
            lanes.add(`host${move.add}`, added);
            added += 1;
          }
          for (const host of new Set(running.map((one) => one.host))) {
            expect(running.filter((one) => one.host === host).length).toBeLessThanOrEqual(cap);
          }
          expect(ended + running.length + lanes.waiting).toBe(added);
        }
      },
    ),
  );
});

it('forgets hosts where there are too many to remember', () => {
  const lanes = createHostLanes<number>(1);
  for (let number = 0; number < 5_000; number += 1) {
    lanes.add(`host${number}`, number);
    const taken = lanes.take();
    expect(taken?.item).toBe(number);
    lanes.release(taken?.host ?? '');
  }
  lanes.add('host1', 1);
  lanes.add('host1', 2);
  expect([lanes.take()?.item, lanes.take()]).toEqual([1, undefined]);
});
