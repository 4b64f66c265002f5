import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Attempt } from '../../../src/core/migrate/attempt.ts';
import { createHostHealth, type HostHealth } from '../../../src/core/migrate/host-health.ts';
import { createHostLanes } from '../../../src/core/migrate/host-lanes.ts';
import { failedAttempt } from '../../support/fleet.ts';

/** Lanes of hosts that have all answered. */
function lanesOf<Item>(maxPerHost?: number) {
  const health = createHostHealth();
  const of = (host: string) => {
    health.answered(host);
    return health.of(host);
  };
  const limitOn = maxPerHost === undefined ? undefined : () => maxPerHost;
  return createHostLanes<Item>({ limitOn, maxUnheard: () => 1, health: { of } });
}

it('host lanes keep the order if there is no cap, whatever the hosts', () => {
  const lanes = lanesOf<number>();
  for (const number of [0, 1, 2, 3]) lanes.add(`host${number % 2}`, number);
  const taken = Array.from({ length: 5 }, () => lanes.take(true)?.item);
  expect(taken).toEqual([0, 1, 2, 3, undefined]);
});

it('host lanes skip a host without room, and serve hosts in turn', () => {
  const lanes = lanesOf<string>(1);
  for (const name of ['a1', 'a2', 'a3', 'b1', 'b2']) lanes.add(name.slice(0, 1), name);
  expect(lanes.take(true)?.item).toBe('a1');
  expect(lanes.take(true)?.item).toBe('b1');
  expect(lanes.take(true)).toBeUndefined();
  lanes.release('b');
  expect(lanes.take(true)?.item).toBe('b2');
  expect(lanes.waiting).toBe(2);
  expect(lanes.drain()).toEqual(['a2', 'a3']);
  expect(lanes.waiting).toBe(0);
});

it('hostLanes never give a host more than its cap, and lose nothing', () => {
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
        const lanes = lanesOf<number>(cap);
        const running: { host: string; item: number }[] = [];
        let added = 0;
        let ended = 0;
        for (const move of steps) {
          if (move === 'take') {
            const taken = lanes.take(true);
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

it('host lanes forget a host when none of its tenants waits or runs', () => {
  const lanes = lanesOf<number>(1);
  for (let number = 0; number < 5_000; number += 1) {
    lanes.add(`host${number}`, number);
    const taken = lanes.take(true);
    expect(taken?.item).toBe(number);
    lanes.release(taken?.host ?? '');
  }
  lanes.add('host1', 1);
  lanes.add('host1', 2);
  expect([lanes.take(true)?.item, lanes.take(true)]).toEqual([1, undefined]);
});

const timedOut: Attempt = failedAttempt('ConnectionTimedOut', true);

function lanesWith(maxUnheard: number): {
  health: HostHealth;
  lanes: ReturnType<typeof createHostLanes<string>>;
  take: (isAll?: boolean) => string | undefined;
} {
  const health = createHostHealth();
  const lanes = createHostLanes<string>({ maxUnheard: () => maxUnheard, health });
  return { health, lanes, take: (isAll = true) => lanes.take(isAll)?.item };
}

it('host lanes give two slots to a host that has not answered, and all to one that has', () => {
  const { health, lanes, take } = lanesWith(8);
  for (const item of ['a1', 'a2', 'a3', 'a4']) lanes.add('a', item);
  expect([take(), take(), take()]).toEqual(['a1', 'a2', undefined]);
  expect(lanes.ready).toBe(0);
  health.answered('a');
  expect(lanes.ready).toBe(2);
  expect([take(), take(), take()]).toEqual(['a3', 'a4', undefined]);
});

it('host lanes leave the other slots to hosts that answer, however many do not', () => {
  const { health, lanes, take } = lanesWith(2);
  for (const host of ['x', 'y', 'z']) lanes.add(host, host);
  lanes.add('good', 'good1');
  lanes.add('good', 'good2');
  health.answered('good');
  expect([take(), take(), take(), take()]).toEqual(['x', 'y', 'good1', 'good2']);
  expect(take(false)).toBeUndefined();
  // Nobody who answers waits or can come, so nobody is kept waiting by it.
  expect(take()).toBe('z');
});

it('host lanes take a host that has not answered an attempt after all others', () => {
  const { health, lanes, take } = lanesWith(1);
  for (const item of ['bad1', 'bad2']) lanes.add('bad', item);
  health.ended('bad', timedOut, false);
  for (const item of ['new1', 'new2']) lanes.add('new', item);
  expect(take()).toBe('new1');
  expect(take()).toBe('new2');
  lanes.release('new');
  lanes.release('new');
  expect(take()).toBe('bad1');
  expect(take()).toBeUndefined();
});

it('host lanes take nothing of a host that is down, and one tenant when it is tried again', () => {
  const { health, lanes, take } = lanesWith(4);
  lanes.add('bad', 'bad1');
  expect(take()).toBe('bad1');
  health.ended('bad', timedOut, false);
  health.ended('bad', timedOut, false);
  for (const item of ['bad2', 'bad3', 'bad4']) lanes.add('bad', item);
  expect(take()).toBeUndefined();
  expect(lanes.stuck).toBe(1);
  lanes.release('bad');
  health.lookAgain();
  expect([take(), take()]).toEqual(['bad2', undefined]);
  health.answered('bad');
  expect([take(), take()]).toEqual(['bad3', 'bad4']);
});

it('host lanes with limits serve the host with the fewest items under way, so that a slow one does not collect the slots', () => {
  const lanes = lanesOf<string>(10);
  for (let number = 0; number < 20; number += 1) {
    lanes.add('slow', `slow${number}`);
    lanes.add('fast', `fast${number}`);
  }
  const slots = Array.from({ length: 6 }, () => lanes.take(true)?.host);
  expect(slots.filter((host) => host === 'slow')).toHaveLength(3);
  // Only the fast host gives its slots back, and it gets them again.
  for (let round = 0; round < 10; round += 1) {
    lanes.release('fast');
    expect(lanes.take(true)?.host).toBe('fast');
  }
});
