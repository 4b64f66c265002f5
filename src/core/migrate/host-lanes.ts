/** Items that wait for a slot on their host, each host in the order in which they came. */
export interface HostLanes<Item> {
  add(host: string, item: Item): void;
  /** The next item whose host has room, which it takes; `undefined` where none may go. */
  take(): { readonly host: string; readonly item: Item } | undefined;
  /** Gives back the room that {@link HostLanes.take} took. */
  release(host: string): void;
  /** Removes and returns all that wait. */
  drain(): Item[];
  readonly waiting: number;
}

interface Lane<Item> {
  taken: number;
  readonly queue: Item[];
}

/**
 * One lane a host, served in turn, so that a host without room does not hold up the others. Without
 * a cap all share one lane and keep their order.
 */
export function createHostLanes<Item>(maxPerHost: number | undefined): HostLanes<Item> {
  const lanes = new Map<string, Lane<Item>>();
  const most = maxPerHost ?? Number.POSITIVE_INFINITY;
  const laneOf = (host: string) => (maxPerHost === undefined ? '' : host);
  let waiting = 0;

  return {
    add(host, item) {
      const key = laneOf(host);
      const lane = lanes.get(key) ?? { taken: 0, queue: [] };
      lane.queue.push(item);
      lanes.set(key, lane);
      waiting += 1;
    },
    take() {
      for (const [host, lane] of lanes) {
        if (lane.taken >= most) continue;
        const [item] = lane.queue.splice(0, 1);
        if (item === undefined) continue;
        lane.taken += 1;
        waiting -= 1;
        // To the end of the map: the other hosts come first next time.
        lanes.delete(host);
        lanes.set(host, lane);
        return { host, item };
      }
      return undefined;
    },
    release(host) {
      const key = laneOf(host);
      const lane = lanes.get(key);
      if (lane === undefined) return;
      lane.taken -= 1;
      if (lane.taken === 0 && lane.queue.length === 0) lanes.delete(key);
    },
    drain() {
      waiting = 0;
      return [...lanes.values()].flatMap((lane) => lane.queue.splice(0));
    },
    get waiting() {
      return waiting;
    },
  };
}
