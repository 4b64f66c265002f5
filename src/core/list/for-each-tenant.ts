import type { Tenant } from '../tenant.ts';

/** {@link forEachItem} for tenants alone. */
export const forEachTenant: (
  tenants: AsyncGenerator<Tenant, void, undefined>,
  concurrency: number,
  work: (tenant: Tenant) => Promise<void>,
  signal?: AbortSignal,
) => Promise<void> = forEachItem;

/**
 * Does work for every tenant, or whatever represents one, `concurrency` at a time. Stops without an error
 * when the signal is aborted, after the work that is running. The first error of the work or of the list is
 * thrown after all running work has ended.
 */
export async function forEachItem<Item>(
  tenants: AsyncGenerator<Item, void, undefined>,
  concurrency: number,
  work: (tenant: Item) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  let failed = false;
  // An async generator answers one caller after the other, so the workers may share it.
  const worker = async (): Promise<void> => {
    while (!failed && signal?.aborted !== true) {
      const next = await tenants.next();
      if (next.done === true) return;
      await work(next.value);
    }
  };
  const workers = Array.from({ length: concurrency }, () =>
    worker().catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  const ends = await Promise.allSettled(workers);
  const broken = ends.find((end) => end.status === 'rejected');
  if (broken !== undefined) throw broken.reason;
}
