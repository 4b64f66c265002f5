/**
 * The items whose sizes are nearest by their ratio to one; sizes far below `alike` count as the same.
 *
 * @param sorted by size, the smallest first
 */
export function nearest<Item extends { readonly x: number }>(
  sorted: readonly Item[],
  x: number,
  { most, alike }: { readonly most: number; readonly alike: number },
): readonly Item[] {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.x ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  // Both ends grow outwards from the place of the size.
  let from = low;
  let to = low;
  const distance = (item: Item | undefined) =>
    item === undefined
      ? Number.POSITIVE_INFINITY
      : Math.abs(Math.log((item.x + alike) / (x + alike)));
  while (to - from < most && (from > 0 || to < sorted.length)) {
    if (distance(sorted[from - 1]) < distance(sorted[to])) from -= 1;
    else to += 1;
  }
  return sorted.slice(from, to);
}
