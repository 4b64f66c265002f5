import type { RunEvent } from '../../core/events.ts';
import type { RemoteRound } from '../../core/remote/remote-runs.ts';
import type { FleetBackfills } from '../../core/status/fleet-status.ts';

/** An event of a run on AWS: an event that local runs have too, or one that only AWS has. */
export type RemoteEvent =
  | Exclude<
      RunEvent,
      {
        type: 'tenant-started' | 'tenant-retried' | 'backfill-progress' | 'online-change-progress';
      }
    >
  | {
      /** The run is on AWS, and continues whatever happens to this process. */
      readonly type: 'run-submitted';
      readonly runId: string;
      readonly stack: string;
      readonly region: string;
      readonly executionArn: string;
      readonly consoleUrl?: string | undefined;
      /** Set if the run has ended already, and is only reported. */
      readonly isOver?: boolean | undefined;
    }
  | {
      /** The progress of the current round; only reported when it changes. */
      readonly type: 'run-progress';
      readonly runId: string;
      readonly wave: number;
      readonly counts: RemoteRound['counts'];
      readonly maxConcurrency: number;
      /** Set while tenants are asked what they have to do, in batches; nobody is migrated by that. */
      readonly asking?: true | undefined;
      /** Set while shapes are read, in batches; nobody is migrated by that. */
      readonly readingShapes?: true | undefined;
    }
  /** How far the pending backfills of the fleet have come, by its databases. */
  | ({ readonly type: 'fleet-backfills'; readonly runId: string } & FleetBackfills)
  /** The summary that the execution itself shows, if reading the run store is not allowed. */
  | { readonly type: 'run-summarized'; readonly runId: string; readonly lines: readonly string[] }
  /** Nothing was done: another run is in progress, and the request is to skip then. */
  | { readonly type: 'run-skipped'; readonly runId: string; readonly message: string };

/** Receives events; must not throw. */
export type RemoteReporter = (event: RemoteEvent) => void;
