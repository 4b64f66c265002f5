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
  /** Resolves when the wishes were read once, or could not be. */
  readonly first: Promise<void>;
  /** Resolves when the run is not paused, or is stopped. */
  resumed(): Promise<void>;
  /** Why the wishes could not be read at the last look; undefined if they were. */
  readonly problem: Error | undefined;
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
  const read = async () => {
    try {
      now = (await store.readControl(runId)) ?? now;
      problem = undefined;
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
    end: () => ended.abort(),
  };
}
