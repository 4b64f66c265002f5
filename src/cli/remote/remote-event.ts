import type { RunEvent } from '../../core/events.ts';
import type { RemoteRound } from '../../core/remote-runs.ts';

/** What is told of a run on AWS: what a run in this process tells too, and what only AWS has. */
export type RemoteEvent =
  | Exclude<RunEvent, { type: 'tenant-started' | 'tenant-retried' }>
  | {
      /** The run is on AWS, and goes on whatever becomes of this process. */
      readonly type: 'run-submitted';
      readonly runId: string;
      readonly stack: string;
      readonly region: string;
      readonly executionArn: string;
      readonly consoleUrl?: string | undefined;
      /** Set where it has ended already, and is only told of. */
      readonly isOver?: boolean | undefined;
    }
  | {
      /** How the round that is under way stands; only where that has changed. */
      readonly type: 'run-progress';
      readonly runId: string;
      readonly wave: number;
      readonly counts: RemoteRound['counts'];
      readonly maxConcurrency: number;
    }
  /** What the execution itself says of its end, where the run store may not be read. */
  | { readonly type: 'run-summarized'; readonly runId: string; readonly lines: readonly string[] }
  /** Nothing was done: another run is under way, and the request says to leave it alone. */
  | { readonly type: 'run-skipped'; readonly runId: string; readonly message: string };

/** Receives events; must not throw. */
export type RemoteReporter = (event: RemoteEvent) => void;
