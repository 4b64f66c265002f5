import { systemClock } from '../../src/adapters/local/system-clock.ts';
import {
  type ControlStore,
  type ControlWatch,
  watchControl,
} from '../../src/core/backfill/run-control.ts';

/** A read costs money, and a pause need not be sooner. */
const EVERY_MS = 3_000;
/** The store is in the same region. If it cannot be reached, a backfill must not wait for it. */
const READ_MS = 5_000;

/** Follows the wishes for the backfills of a run in the bucket of the stack. */
export function runControlWatcher(
  store: Pick<ControlStore, 'readControl'>,
): (runId: string) => ControlWatch {
  return (runId) =>
    watchControl(withinTime(store), runId, {
      clock: systemClock,
      stop: new AbortController().signal,
      everyMs: EVERY_MS,
    });
}

function withinTime(store: Pick<ControlStore, 'readControl'>): Pick<ControlStore, 'readControl'> {
  return {
    async readControl(runId) {
      const late = new AbortController();
      const tooLate = systemClock.sleep(READ_MS, late.signal).then(() => {
        if (!late.signal.aborted)
          throw new Error(`The run store did not answer within ${READ_MS / 1_000} s.`);
        return undefined;
      });
      try {
        return await Promise.race([store.readControl(runId), tooLate]);
      } finally {
        late.abort();
      }
    },
  };
}
