import { AsyncLocalStorage } from 'node:async_hooks';
import type { StrayErrors } from '../../../../core/ports.ts';
import { restoreSharedGlobals } from './shared-globals.ts';

/** The migration from which asynchronous work originates. */
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
 * Runs a migration's own code. An error that it throws in work that nobody awaits, such as a timer, fails the
 * migration as if it had thrown it itself; {@link strayErrors} must be called with such errors.
 */
export async function tracingStrayErrors(
  of: Pick<Origin, 'migration' | 'database'>,
  work: () => Promise<void>,
): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  // If the work ends first, nobody awaits the promise.
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

/** Finds the migration that caused an error which only the process has caught. */
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
