import type { TenantRef } from '../../tenant.ts';
import { isBefore } from '../add-failure.ts';

/** The first tenants by slug, with what is known of each. */
export interface FirstBySlug<Item> {
  /** Returns its place in the order, or -1 if it is not among them. */
  add(item: Item): number;
  /** In order. */
  readonly items: readonly Item[];
}

/** No tenant yet, and room for `most`. */
export function createFirstBySlug<Item extends { readonly tenant: TenantRef }>(
  most: number,
): FirstBySlug<Item> {
  const items: Item[] = [];
  return {
    items,
    add(item) {
      let low = 0;
      let high = items.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        const there = items[middle];
        if (there !== undefined && isBefore(there.tenant, item.tenant)) low = middle + 1;
        else high = middle;
      }
      if (low >= most) return -1;
      items.splice(low, 0, item);
      if (items.length > most) items.pop();
      return low;
    },
  };
}
