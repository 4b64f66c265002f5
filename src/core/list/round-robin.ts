/** One of the lists that are dealt from, and how far it has been read. */
export interface Cursor<Source> {
  readonly source: Source;
  /** The last id that was read; `''`, which sorts before every id, at the start. */
  readonly after: string;
}

/**
 * Reads the next `size` ids after each cursor. A page per cursor, in the order of the cursors; a
 * page shorter than `size` is its source's last.
 */
export type ReadPages<Source> = (
  cursors: readonly Cursor<Source>[],
  size: number,
) => Promise<readonly (readonly string[])[]>;

/**
 * Deals ids from all sources in turn: the first of each, the second of each, and so on; a source
 * that runs out drops out.
 *
 * All pages of a pass have the same size, so that all sources need their next page at the same
 * moment. That keeps the order exact without looking ahead, and one call fetches many pages.
 *
 * @param pageSize how many ids to read at a time from each of that many sources; at least 1
 */
export async function* roundRobin<Source>(
  sources: readonly Source[],
  readPages: ReadPages<Source>,
  pageSize: (sources: number) => number,
): AsyncGenerator<string, void, undefined> {
  let live: Cursor<Source>[] = sources.map((source) => ({ source, after: '' }));
  while (live.length > 0) {
    const size = pageSize(live.length);
    const pages = await readPages(live, size);
    for (let rank = 0; rank < size; rank++) {
      for (const page of pages) {
        const id = page[rank];
        if (id !== undefined) yield id;
      }
    }
    live = advance(live, pages, size);
  }
}

/** Cursors after the last id of each full page; those of short pages are done. */
function advance<Source>(
  cursors: readonly Cursor<Source>[],
  pages: readonly (readonly string[])[],
  size: number,
): Cursor<Source>[] {
  return cursors.flatMap(({ source }, index) => {
    const last = pages[index]?.[size - 1];
    return last === undefined ? [] : [{ source, after: last }];
  });
}
