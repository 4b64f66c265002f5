/** Computes how long a run takes whose tenants fill free slots one after the other. */
export interface Schedule {
  /** Takes the next tenant, in milliseconds. A later wave begins when the one before it has ended. */
  add(ms: number, wave: number): void;
  /** Milliseconds from the first tenant's start to the last one's end. */
  readonly length: number;
}

/** A schedule with so many tenants at a time. Takes memory for the slots only. */
export function createSchedule(atATime: number): Schedule {
  /** When each slot is free: a heap, the earliest first. */
  let free: number[] = [];
  let wave = 1;
  let start = 0;
  let length = 0;
  return {
    add(ms, of) {
      if (of !== wave) {
        wave = of;
        start = length;
        free = [];
      }
      const end = (free.length < atATime ? start : (free[0] ?? start)) + ms;
      if (free.length < atATime) pushUp(free, end);
      else sinkDown(free, end);
      length = Math.max(length, end);
    },
    get length() {
      return length;
    },
  };
}

function pushUp(heap: number[], value: number): void {
  let index = heap.length;
  heap.push(value);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent] ?? 0;
    if (above <= value) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = value;
}

/** Replaces the smallest value. */
function sinkDown(heap: number[], value: number): void {
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if ((heap[child + 1] ?? Number.POSITIVE_INFINITY) < (heap[child] ?? 0)) child += 1;
    const least = heap[child] ?? 0;
    if (least >= value) break;
    heap[index] = least;
    index = child;
  }
  heap[index] = value;
}
