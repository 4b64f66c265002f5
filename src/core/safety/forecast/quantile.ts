/**
 * Two of some sorted values, between which a further one of their kind is with about this probability: the share of
 * values between two of them is less than that of further ones, the more so the fewer they are. So few values that none
 * is far enough outside give the outermost ones.
 */
export function rangeOfNext(
  sorted: readonly number[],
  probability: number,
): { readonly low: number; readonly high: number } {
  // Of n values in any order, the next one falls into each of the n + 1 gaps with the same probability.
  const gaps = sorted.length + 1;
  const outside = ((1 - probability) / 2) * gaps - 1;
  const part = Math.min(0.5, Math.max(0, outside / Math.max(1, sorted.length - 1)));
  return { low: quantile(sorted, part), high: quantile(sorted, 1 - part) };
}

/** A quantile of sorted values, by linear interpolation. */
export function quantile(sorted: readonly number[], part: number): number {
  const place = (sorted.length - 1) * part;
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}
