import type { RunStop } from './events.ts';

/** Stops a run from starting more tenants. What stops it first is what is told. */
export interface StopSwitch {
  /** Aborted once the run is stopped. */
  readonly signal: AbortSignal;
  /** Why the run was stopped; `undefined` while it was not. */
  readonly stopped: RunStop | undefined;
  stop(why: RunStop): void;
}

/** A switch that is on; `onStop` is told once, before the signal is aborted. */
export function createStopSwitch(onStop: (why: RunStop) => void): StopSwitch {
  const controller = new AbortController();
  let stopped: RunStop | undefined;
  return {
    signal: controller.signal,
    get stopped() {
      return stopped;
    },
    stop(why) {
      if (stopped !== undefined) return;
      stopped = why;
      onStop(why);
      controller.abort();
    },
  };
}
