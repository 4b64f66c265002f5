import { inPages } from '../list/in-pages.ts';

/** Items held at a time: 3 MB of members. */
const WINDOW = 20_000;
/** Items that stay together, because neighbors in a list are on different hosts. */
const CHUNK = 50;
/** A list up to this length keeps its order, as people expect it. */
const SHORT = 500;

/**
 * Yields a list in chunks whose order is random, in bounded memory: two processes that work on the same list then hardly
 * ever want the same item at the same time, so that neither waits for the other.
 *
 * @param random numbers from 0 to below 1
 */
export async function* inMixedOrder<Item>(
  items: AsyncIterable<Item>,
  random: () => number,
): AsyncGenerator<Item, void, undefined> {
  for await (const window of inPages(items, WINDOW)) {
    if (window.length <= SHORT) yield* window;
    else
      for (const from of shuffledStarts(window.length, random))
        yield* window.slice(from, from + CHUNK);
  }
}

/** The beginnings of all chunks, shuffled (Fisher and Yates). */
function shuffledStarts(length: number, random: () => number): number[] {
  const starts = Array.from({ length: Math.ceil(length / CHUNK) }, (_, index) => index * CHUNK);
  for (let last = starts.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [starts[last], starts[other]] = [starts[other] as number, starts[last] as number];
  }
  return starts;
}
