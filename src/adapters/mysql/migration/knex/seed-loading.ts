import { AsyncLocalStorage } from 'node:async_hooks';

/** Evaluates a file of seeds that a migration runs, and returns what it exports. */
export type LoadSeed = (path: string) => Promise<unknown>;

/** How seeds are loaded, by the fence inside of which a migration runs them. */
const loaders = new AsyncLocalStorage<LoadSeed>();

/** Knex's own source of seeds: a class of which each `knex.seed` makes an instance. */
export interface SeedSource {
  prototype: { getSeed(path: string): Promise<unknown> };
}

const PREPARED = new WeakSet<SeedSource>();

/**
 * Has Knex ask us for the code of a seed inside of {@link usingSeedLoader}, and nowhere else. Knex
 * requires the file by itself: TypeScript that imports more, and a function in which there is no file,
 * need what migrations are loaded with.
 */
export function prepareSeedSource(source: SeedSource): void {
  if (PREPARED.has(source)) return;
  PREPARED.add(source);
  const { getSeed } = source.prototype;
  source.prototype.getSeed = function loadedSeed(path) {
    return loaders.getStore()?.(path) ?? getSeed.call(this, path);
  };
}

/** Has the seeds that migrations run be loaded by `load` for the time of `work`; by Knex itself without it. */
export function usingSeedLoader<Result>(
  load: LoadSeed | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  return load === undefined ? work() : loaders.run(load, work);
}
