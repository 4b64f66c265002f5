import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ReadPages, roundRobin } from '../../../src/core/list/round-robin.ts';
import { collect } from '../../support/fleet.ts';

/** Reads from lists in memory by keyset, as the database does. */
function readFrom(lists: readonly (readonly string[])[]): ReadPages<number> {
  return async (cursors, size) =>
    cursors.map(({ source, after }) =>
      (lists[source] ?? []).filter((id) => id > after).slice(0, size),
    );
}

/** The first of each list, the second of each, and so on. */
function dealt(lists: readonly (readonly string[])[]): string[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  const ranks = Array.from({ length: longest }, (_, rank) => rank);
  return ranks.flatMap((rank) => lists.flatMap((list) => list[rank] ?? []));
}

describe('round robin', () => {
  it('round robin deals exactly in turn, whatever the lists and the sizes of pages', async () => {
    const lists = fc
      .array(fc.nat({ max: 30 }), { maxLength: 8 })
      .map((lengths) =>
        lengths.map((length, list) =>
          Array.from({ length }, (_, rank) => `${String(rank).padStart(3, '0')}-${list}`),
        ),
      );
    await fc.assert(
      fc.asyncProperty(lists, fc.integer({ min: 1, max: 40 }), async (given, inMemory) => {
        const sources = given.map((_, index) => index);
        const pageSize = (live: number) => Math.max(1, Math.floor(inMemory / live));
        const ids = await collect(roundRobin(sources, readFrom(given), pageSize));
        expect(ids).toEqual(dealt(given));
      }),
    );
  });

  it('round robin reads no more than was requested', async () => {
    let read = 0;
    const readPages: ReadPages<number> = async (cursors, size) => {
      read += 1;
      return cursors.map(({ after }) =>
        Array.from({ length: size }, (_, rank) => `${after}${rank}`),
      );
    };
    const ids = roundRobin([0, 1], readPages, () => 2);

    for (const _ of [1, 2, 3, 4]) await ids.next();
    expect(read).toBe(1);
    await ids.next();
    expect(read).toBe(2);
  });
});
