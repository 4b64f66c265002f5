import { forEachItem } from '../list/for-each-tenant.ts';
import type { Tenant } from '../tenant.ts';
import { bytesOf } from '../wording/cut-to-bytes.ts';

/**
 * Lambda passes on 6 MB. A full page still gets the results that are under way then: 32 tenants that lack
 * 3,000 migrations each are 4 MB.
 */
const MOST_BYTES = 1_500_000;
const MOST_AT_A_TIME = 32;
/**
 * A page begins no tenant after this time: a person sees progress, and a tenant whose server does not
 * answer ends long before the function does.
 */
const PAGE_MS = 20_000;

/** When a page is full; for tests. */
export interface PageLimits {
  readonly bytes?: number | undefined;
  readonly milliseconds?: number | undefined;
}

/** The results of a page, in the order in which they came. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Id of the last tenant of the page; absent if there are no more tenants. */
  readonly last?: string | undefined;
}

/**
 * Does work for the tenants in their order, at most 32 at a time, until the page is full in bytes or in time. At least one tenant is done, so that every page gets further.
 */
export async function fitPage<Item>(
  tenants: AsyncGenerator<Tenant, void, undefined>,
  concurrency: number,
  work: (tenant: Tenant) => Promise<Item>,
  {
    now,
    limits: { bytes: mostBytes = MOST_BYTES, milliseconds = PAGE_MS } = {},
  }: { readonly now: () => number; readonly limits?: PageLimits | undefined },
): Promise<Page<Item>> {
  const end = now() + milliseconds;
  const items: Item[] = [];
  let bytes = 0;
  let last: string | undefined;
  let isFull = false;
  async function* untilFull(): AsyncGenerator<Tenant, void, undefined> {
    for await (const tenant of tenants) {
      isFull = last !== undefined && (bytes >= mostBytes || now() >= end);
      if (isFull) return;
      last = tenant.id;
      yield tenant;
    }
  }
  const atATime = Math.min(concurrency, MOST_AT_A_TIME);
  await forEachItem(untilFull(), atATime, async (tenant) => {
    const item = await work(tenant);
    bytes += bytesOf(JSON.stringify(item));
    items.push(item);
  });
  return { items, last: isFull ? last : undefined };
}
