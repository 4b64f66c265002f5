import type { HostHealth } from '../../migrate/host-health.ts';
import { createHostLanes } from '../../migrate/host-lanes.ts';

export interface ByHostOptions {
  /** Items at a time. */
  readonly atATime: number;
  /** Items at a time on one host. Default: as many as at all. */
  readonly maxPerHost?: number | undefined;
  readonly health: HostHealth;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Works on items of several hosts, so that a host that does not answer, or that has all its room taken, holds up no
 * other. Items of a host that went down come last: `work` sees it in the health. Stops, without an error, when the
 * signal is aborted. The first error of `work` is thrown when all that runs has ended.
 */
export async function forEachByHost<Item>(
  items: Iterable<{ readonly host: string; readonly item: Item }>,
  { atATime, maxPerHost, health, signal }: ByHostOptions,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const lanes = createHostLanes<Item>({
    limitOn: maxPerHost === undefined ? undefined : () => maxPerHost,
    maxUnheard: () => Math.max(1, Math.ceil(atATime / 2)),
    health,
  });
  for (const { host, item } of items) lanes.add(host, item);
  let running = 0;
  let failed = false;
  let freed = Promise.withResolvers<void>();

  const worker = async (): Promise<void> => {
    while (!failed && signal?.aborted !== true) {
      const next = lanes.take(true);
      if (next === undefined) {
        if (running === 0) return;
        await freed.promise;
        continue;
      }
      running += 1;
      try {
        await work(next.item);
      } catch (error) {
        failed = true;
        throw error;
      } finally {
        running -= 1;
        lanes.release(next.host);
        freed.resolve();
        freed = Promise.withResolvers();
      }
    }
  };

  const ends = await Promise.allSettled(Array.from({ length: atATime }, worker));
  const broken = ends.find((end) => end.status === 'rejected');
  if (broken !== undefined) throw broken.reason;
  if (signal?.aborted === true) return;
  for (const item of lanes.drain()) await work(item);
}
