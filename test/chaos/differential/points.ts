import { seededRandom } from '../support/seeded-random.ts';
import type { Ground } from './ground.ts';
import type { Point } from './run-points.ts';
import { DEEDS, MOMENTS, type Strike } from './strike-proxy.ts';

/** Every way to stop one attempt at one of so many packets. */
function strikesAt(packets: number): Strike[] {
  return Array.from({ length: packets }, (_, index) => index + 1).flatMap((packet) =>
    DEEDS.flatMap((deed) => MOMENTS.map((moment): Strike => ({ packet, moment, deed }))),
  );
}

/** One strike at any packet, or, in one of five points, a second one on the attempt after it. */
function randomPoint({ packets }: Ground, random: () => number): readonly Strike[] {
  const pick = <Item>(items: readonly Item[]): Item =>
    items[Math.floor(random() * items.length)] as Item;
  const strike = (): Strike => ({
    packet: 1 + Math.floor(random() * packets.length),
    moment: pick(MOMENTS),
    deed: pick(DEEDS),
  });
  const first = strike();
  return random() < 0.2 ? [first, strike()] : [first];
}

/** Every point of every case. */
export function* everyPoint(grounds: readonly Ground[]): Generator<Point> {
  for (const ground of grounds) {
    // A file may be changed after an attempt that nobody stopped, since it failed by itself.
    if (ground.of.changedBundleOf !== undefined) yield { ground, strikes: [] };
    for (const strike of strikesAt(ground.packets.length)) yield { ground, strikes: [strike] };
  }
}

/** Every way to stop an attempt in its last two packets, and then the one after it at any packet. */
export function* pairsAtTheEnd(grounds: readonly Ground[]): Generator<Point> {
  for (const ground of grounds) {
    const { length } = ground.packets;
    const strikes = strikesAt(length);
    for (const first of strikes.filter(({ packet }) => packet > length - 2))
      for (const second of strikes) yield { ground, strikes: [first, second] };
  }
}

/** So many points over all cases by one seed; the same ones from the `from`-th on. */
export function* randomPoints(
  grounds: readonly Ground[],
  count: number,
  seed: number,
  from = 0,
): Generator<Point> {
  const random = seededRandom(seed);
  for (let index = 0; index < count; index++) {
    const ground = grounds[Math.floor(random() * grounds.length)];
    if (ground === undefined) return;
    const strikes = randomPoint(ground, random);
    if (index >= from) yield { ground, strikes };
  }
}
