import { AsyncLocalStorage } from 'node:async_hooks';

/** Evaluates a seed file that a migration runs, and returns its exports. */
export type LoadSeed = (path: string) => Promise<unknown>;

/** The seed loader of the fence under which a migration runs. */
const loaders = new AsyncLocalStorage<LoadSeed>();

/** Knex's own seed source: a class that each `knex.seed` instantiates. */
export interface SeedSource {
  prototype: { getSeed(path: string): Promise<unknown> };
}

const PREPARED = new WeakSet<SeedSource>();

/**
 * Makes Knex load seeds with Fanfold's loader inside of {@link usingSeedLoader}, and only there. Knex itself
 * requires the file, but TypeScript with imports, and a Lambda function without the file, need the same loader as
 * migrations.
 */
export function prepareSeedSource(source: SeedSource): void {
  if (PREPARED.has(source)) return;
  PREPARED.add(source);
  const { getSeed } = source.prototype;
  source.prototype.getSeed = function loadedSeed(path) {
    return loaders.getStore()?.(path) ?? getSeed.call(this, path);
  };
}

/** Loads the seeds that migrations run with `load` during `work`; without it, Knex loads them itself. */
export function usingSeedLoader<Result>(
  load: LoadSeed | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  return load === undefined ? work() : loaders.run(load, work);
}
