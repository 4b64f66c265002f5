import { expect, it } from 'vitest';
import { DeliveryQueue } from '../../bench/network/delivery-queue.ts';
import { TripCounter } from '../../bench/network/trip-counter.ts';

type Event = 'sent' | 'answered' | 'received';

function tripsOf(...events: Event[]): number {
  const counter = new TripCounter();
  for (const event of events) counter[event]();
  return counter.trips;
}

const GREETED: Event[] = ['answered', 'received'];
const ASKED: Event[] = ['sent', 'answered', 'received'];

it.each<[string, Event[], number]>([
  ['a connection without a greeting', [], 1],
  ['a greeting', GREETED, 2],
  ['a login', [...GREETED, ...ASKED], 3],
  ['a question after it', [...GREETED, ...ASKED, ...ASKED], 4],
  [
    'an answer in two pieces',
    [...GREETED, 'sent', 'answered', 'received', 'answered', 'received'],
    3,
  ],
  ['two packets before the answer', [...GREETED, 'sent', 'sent', 'answered', 'received'], 3],
  [
    'a packet that was sent before the answer to the previous one came',
    [...GREETED, 'sent', 'answered', 'sent', 'received', 'answered', 'received'],
    3,
  ],
  ['a goodbye without an answer', [...GREETED, ...ASKED, 'sent'], 3],
])('counts the round trips of %s', (_, events, trips) => {
  expect(tripsOf(...events)).toBe(trips);
});

it('delivers late work in its order, and not before its time', async () => {
  const late = new DeliveryQueue();
  const startedAt = performance.now();
  const delivered: [name: string, afterMs: number][] = [];
  await new Promise<void>((resolve) => {
    const note = (name: string) => delivered.push([name, performance.now() - startedAt]);
    late.add(4, () => {
      note('last');
      resolve();
    });
    late.add(0.5, () => note('first'));
    late.add(0.5, () => note('second'));
  });

  expect(delivered.map(([name]) => name)).toEqual(['first', 'second', 'last']);
  expect(delivered[0]?.[1]).toBeGreaterThanOrEqual(0.5);
  expect(delivered[2]?.[1]).toBeGreaterThanOrEqual(4);
});
