import type { HostHealth, HostRecord, HostStanding } from './host-health.ts';

/** Items that wait for a slot on their host, each host in the order of arrival. */
export interface HostLanes<Item> {
  add(host: string, item: Item): void;
  /**
   * The next item whose host has room, which it takes; `undefined` if none may be taken. `isAll`: no further
   * items will come for now, so that hosts which have not answered may use the free slots of others.
   */
  take(isAll: boolean): { readonly host: string; readonly item: Item } | undefined;
  /** Gives back the room that {@link HostLanes.take} took. */
  release(host: string): void;
  /** Removes and returns all waiting items, or those whose host satisfies the condition. */
  drain(ofHost?: (host: HostRecord) => boolean): Item[];
  readonly waiting: number;
  /** Items that could be taken if there were enough slots, even while more are to come. */
  readonly ready: number;
  /** Items that were taken from a host that is down by now: nothing that still runs there blocks others. */
  readonly stuck: number;
}

export interface HostLanesOptions {
  /** Items at a time on each host, as of now; undefined if hosts have no limits. */
  readonly limitOn?: ((host: string) => number) | undefined;
  /** Items at a time on all hosts together that have not answered, as of now and as long as others may come. */
  readonly maxUnheard: () => number;
  readonly health: Pick<HostHealth, 'of'>;
}

/**
 * Items at a time on a host, by its standing. Two, so that a host that never answers is found after one
 * time limit, and has held no more slots than that.
 */
const ROOM: Readonly<Record<HostStanding, number>> = {
  answers: Number.POSITIVE_INFINITY,
  untried: 2,
  silent: 1,
  probed: 1,
  down: 0,
};

interface Lane<Item> {
  readonly host: HostRecord;
  taken: number;
  readonly queue: { readonly item: Item; readonly number: number }[];
  /** When it was served last. */
  served: number;
}

/**
 * One lane a host, so that a host without room does not hold up the others. With limits the host with the fewest
 * items under way is served first, so that a slow one does not collect the slots; without them items keep their order. Hosts that answer are served first: those from which an attempt
 * got no answer are served after all others, and all that have not answered leave room for those that have.
 */
export function createHostLanes<Item>(options: HostLanesOptions): HostLanes<Item> {
  const { limitOn, maxUnheard, health } = options;
  /** Lanes in which something waits or is taken. */
  const lanes = new Map<string, Lane<Item>>();
  /** Lanes in which something waits. */
  const queued = new Set<Lane<Item>>();
  let waiting = 0;
  let counter = 0;

  const laneOf = (host: string): Lane<Item> => {
    const known = lanes.get(host);
    if (known !== undefined) return known;
    const lane: Lane<Item> = { host: health.of(host), taken: 0, queue: [], served: 0 };
    lanes.set(host, lane);
    return lane;
  };

  const roomOf = ({ host, taken }: Lane<Item>) =>
    Math.max(
      0,
      Math.min(limitOn?.(host.name) ?? Number.POSITIVE_INFINITY, ROOM[host.standing]) - taken,
    );

  const numberOf = ({ queue }: Lane<Item>) => queue[0]?.number ?? Number.POSITIVE_INFINITY;
  const isBefore = (one: Lane<Item>, other: Lane<Item>) => {
    if (limitOn === undefined) return numberOf(one) < numberOf(other);
    return one.taken === other.taken ? one.served < other.served : one.taken < other.taken;
  };

  /** The first lane with room whose host has this standing. */
  const first = (standings: readonly HostStanding[]): Lane<Item> | undefined => {
    let best: Lane<Item> | undefined;
    for (const lane of queued) {
      if (!standings.includes(lane.host.standing) || roomOf(lane) === 0) continue;
      if (best === undefined || isBefore(lane, best)) best = lane;
    }
    return best;
  };

  const next = (isAll: boolean): Lane<Item> | undefined => {
    const leavesRoom = takenFrom(UNHEARD) < maxUnheard();
    const best = first(leavesRoom ? ['answers', 'untried'] : ['answers']);
    if (best !== undefined || !isAll) return best;
    return first(['untried']) ?? (leavesRoom ? first(['silent', 'probed']) : undefined);
  };

  const takenFrom = (standings: ReadonlySet<HostStanding>) => {
    let taken = 0;
    for (const lane of lanes.values()) if (standings.has(lane.host.standing)) taken += lane.taken;
    return taken;
  };

  const forget = (lane: Lane<Item>) => {
    if (lane.queue.length > 0) return;
    queued.delete(lane);
    if (lane.taken === 0) lanes.delete(lane.host.name);
  };

  return {
    add(host, item) {
      const lane = laneOf(host);
      counter += 1;
      lane.queue.push({ item, number: counter });
      queued.add(lane);
      waiting += 1;
    },
    take(isAll) {
      const lane = next(isAll);
      const head = lane?.queue.shift();
      if (lane === undefined || head === undefined) return undefined;
      waiting -= 1;
      counter += 1;
      lane.taken += 1;
      lane.served = counter;
      forget(lane);
      return { host: lane.host.name, item: head.item };
    },
    release(host) {
      const lane = laneOf(host);
      lane.taken -= 1;
      forget(lane);
    },
    drain(ofHost = () => true) {
      const drained: Item[] = [];
      for (const lane of [...queued]) {
        if (!ofHost(lane.host)) continue;
        waiting -= lane.queue.length;
        drained.push(...lane.queue.splice(0).map(({ item }) => item));
        forget(lane);
      }
      return drained;
    },
    get waiting() {
      return waiting;
    },
    get ready() {
      let answers = 0;
      let untried = 0;
      for (const lane of queued) {
        const ready = Math.min(roomOf(lane), lane.queue.length);
        if (lane.host.standing === 'answers') answers += ready;
        else if (lane.host.standing === 'untried') untried += ready;
      }
      return answers + Math.min(untried, Math.max(0, maxUnheard() - takenFrom(UNHEARD)));
    },
    get stuck() {
      return takenFrom(DOWN);
    },
  };
}

const UNHEARD: ReadonlySet<HostStanding> = new Set(['untried', 'silent', 'probed']);
const DOWN: ReadonlySet<HostStanding> = new Set(['down']);
