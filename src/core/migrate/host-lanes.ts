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

/**
 * Lanes that are kept though nothing is in them: making and dropping one for every tenant keeps a
 * long chain of dead tables alive until the next full garbage collection.
 */
const MOST_REMEMBERED = 1_000;

interface Lane<Item> {
  readonly host: string;
  taken: number;
  readonly queue: Item[];
}

/**
 * One lane a host, served in turn, so that a host without room does not hold up the others. Without
 * a cap all share one lane and keep their order.
 */
export function createHostLanes<Item>(maxPerHost: number | undefined): HostLanes<Item> {
  const most = maxPerHost ?? Number.POSITIVE_INFINITY;
  const keyOf = (host: string) => (maxPerHost === undefined ? '' : host);
  const lanes = new Map<string, Lane<Item>>();
  /** The same lanes, the next to be served first. */
  const turns: Lane<Item>[] = [];
  let waiting = 0;

  const laneOf = (host: string): Lane<Item> => {
    const known = lanes.get(keyOf(host));
    if (known !== undefined) return known;
    const lane = { host: keyOf(host), taken: 0, queue: [] };
    lanes.set(lane.host, lane);
    turns.push(lane);
    return lane;
  };

  return {
    add(host, item) {
      laneOf(host).queue.push(item);
      waiting += 1;
    },
    take() {
      const index = turns.findIndex(({ taken, queue }) => taken < most && queue.length > 0);
      const lane = turns[index];
      const item = lane?.queue.shift();
      if (lane === undefined || item === undefined) return undefined;
      lane.taken += 1;
      waiting -= 1;
      turns.push(...turns.splice(index, 1));
      return { host: lane.host, item };
    },
    release(host) {
      const lane = laneOf(host);
      lane.taken -= 1;
      if (lanes.size <= MOST_REMEMBERED || lane.taken > 0 || lane.queue.length > 0) return;
      lanes.delete(lane.host);
      turns.splice(turns.indexOf(lane), 1);
    },
    drain() {
      waiting = 0;
      return turns.flatMap((lane) => lane.queue.splice(0));
    },
    get waiting() {
      return waiting;
    },
  };
}
