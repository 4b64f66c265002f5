/** The items with the largest values that were added, the largest first; memory for `most` of them. */
export interface TopList<Item> {
  add(value: number, item: Item): void;
  readonly items: readonly Item[];
}

/** An empty list of the `most` largest; of equal values the earlier ones stay. */
export function createTopList<Item>(most: number): TopList<Item> {
  const kept: { readonly value: number; readonly item: Item }[] = [];
  return {
    add(value, item) {
      const last = kept.at(-1);
      if (kept.length === most && last !== undefined && last.value >= value) return;
      let low = 0;
      let high = kept.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((kept[middle]?.value ?? 0) >= value) low = middle + 1;
        else high = middle;
      }
      kept.splice(low, 0, { value, item });
      if (kept.length > most) kept.pop();
    },
    get items() {
      return kept.map(({ item }) => item);
    },
  };
}
