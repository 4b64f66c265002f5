import type { RunStop } from '../events.ts';

/** Stops a run from starting more tenants. The first reason is the one that is reported. */
export interface StopSwitch {
  /** Aborted once the run is stopped. */
  readonly signal: AbortSignal;
  /** The reason why the run was stopped; `undefined` until then. */
  readonly stopped: RunStop | undefined;
  stop(why: RunStop): void;
}

/** Makes a switch that is on; `onStop` is called once, before the signal is aborted. */
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
