import type { Clock } from '../ports.ts';

/** How somebody wants the backfills of a run to go on. */
export interface RunControl {
  /** Whether they wait at their next batch. */
  readonly isPaused: boolean;
  /** The share of the time in which batches run, above 0 and at most 1. Default: half of it. */
  readonly pace?: number | undefined;
}

/** Wishes that one process writes and the process of the run reads. */
export interface ControlStore {
  /** Replaces it. */
  writeControl(runId: string, control: RunControl): Promise<void>;
  /** `undefined` as long as nobody wished for anything. */
  readControl(runId: string): Promise<RunControl | undefined>;
}

/** The wishes for a run, as last read. */
export interface ControlWatch {
  readonly now: RunControl;
  /** Resolves when the run is not paused, or is stopped. */
  resumed(): Promise<void>;
  /** Stops reading. */
  end(): void;
}

const EVERY_MS = 1_000;
const RUNNING: RunControl = { isPaused: false };

/**
 * Reads the wishes for a run once a second, until `end` is called or the run is stopped. A store that cannot be
 * read changes nothing.
 */
export function watchControl(
  store: Pick<ControlStore, 'readControl'>,
  runId: string,
  { clock, stop }: { readonly clock: Pick<Clock, 'sleep'>; readonly stop: AbortSignal },
): ControlWatch {
  const ended = new AbortController();
  const signal = AbortSignal.any([stop, ended.signal]);
  let now = RUNNING;
  const read = async () => {
    now = (await store.readControl(runId).catch(() => undefined)) ?? now;
  };
  const reading = async () => {
    while (!signal.aborted) {
      await read();
      await clock.sleep(EVERY_MS, signal);
    }
  };
  void reading();
  return {
    get now() {
      return now;
    },
    async resumed() {
      while (now.isPaused && !signal.aborted) await clock.sleep(EVERY_MS, signal);
    },
    end: () => ended.abort(),
  };
}
