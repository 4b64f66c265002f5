import type { Clock } from '../ports.ts';

/** How somebody wants a run to go on. */
export interface RunControl {
  /** Whether its backfills wait at their next batch. */
  readonly isPaused: boolean;
  /** The share of the time in which batches run, above 0 and at most 1. Default: half of it. */
  readonly pace?: number | undefined;
  /** Tenants at a time, in one process. Default: as the run began. */
  readonly maxConcurrency?: number | undefined;
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
  /** Resolves when the wishes were read once, or could not be. */
  readonly first: Promise<void>;
  /** Resolves when the run is not paused, or is stopped. */
  resumed(): Promise<void>;
  /** Why the wishes could not be read at the last look; undefined if they were. */
  readonly problem: Error | undefined;
  /** Calls the listener after each change; returns the function that ends that. */
  onChange(listener: () => void): () => void;
  /** Stops reading. */
  end(): void;
}

const EVERY_MS = 1_000;
const RUNNING: RunControl = { isPaused: false };

/**
 * Reads the wishes for a run, by default once a second, until `end` is called or the run is stopped. A store that cannot be
 * read changes nothing.
 */
export function watchControl(
  store: Pick<ControlStore, 'readControl'>,
  runId: string,
  {
    clock,
    stop,
    everyMs = EVERY_MS,
  }: {
    readonly clock: Pick<Clock, 'sleep'>;
    readonly stop: AbortSignal;
    readonly everyMs?: number | undefined;
  },
): ControlWatch {
  const ended = new AbortController();
  const signal = AbortSignal.any([stop, ended.signal]);
  let now = RUNNING;
  let problem: Error | undefined;
  const listeners = new Set<() => void>();
  const read = async () => {
    try {
      const before = now;
      now = (await store.readControl(runId)) ?? now;
      problem = undefined;
      if (JSON.stringify(now) !== JSON.stringify(before)) for (const tell of listeners) tell();
    } catch (error) {
      problem = error as Error;
    }
  };
  const first = read();
  const reading = async () => {
    await first;
    while (!signal.aborted) {
      await clock.sleep(everyMs, signal);
      if (!signal.aborted) await read();
    }
  };
  void reading();
  return {
    first,
    get problem() {
      return problem;
    },
    get now() {
      return now;
    },
    async resumed() {
      await first;
      while (now.isPaused && !signal.aborted) await clock.sleep(EVERY_MS, signal);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    end: () => ended.abort(),
  };
}
