import { AsyncLocalStorage } from 'node:async_hooks';
import type { StrayErrors } from '../../../../core/ports.ts';
import { restoreSharedGlobals } from './shared-globals.ts';

/** A migration as everything remembers it that it has started. */
interface Origin {
  readonly migration: string;
  readonly database: string;
  /** Fails the migration while it runs. */
  readonly fail: (error: unknown) => void;
  state: 'running' | 'failed' | 'done';
}

/** Timers, promises and listeners keep the store of the code that made them. */
const origins = new AsyncLocalStorage<Origin>();

/**
 * Runs a migration's own code. What it throws where nobody waits for it, such as in a timer, fails it
 * as if it had thrown that itself; {@link strayErrors} has to be told.
 */
export async function tracingStrayErrors(
  of: Pick<Origin, 'migration' | 'database'>,
  work: () => Promise<void>,
): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  // Nobody waits for it any more if the work ends first.
  promise.catch(() => {});
  const origin: Origin = { ...of, fail: reject, state: 'running' };
  try {
    await Promise.race([origins.run(origin, work), promise]);
    origin.state = 'done';
  } catch (error) {
    origin.state = 'failed';
    throw error;
  } finally {
    restoreSharedGlobals();
  }
}

/** Finds the migration that caused an error which the process was told of. */
export const strayErrors: StrayErrors = {
  blame(error) {
    const origin = origins.getStore();
    if (origin === undefined) return undefined;
    const { migration, database, state } = origin;
    if (state === 'running') {
      origin.state = 'failed';
      origin.fail(error);
    }
    return { migration, database, failed: state !== 'done' };
  },
  isInMigration: () => origins.getStore() !== undefined,
};
