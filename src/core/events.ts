import type { BackfillProgress } from './backfill/backfill-progress.ts';
import type { Note, Outcome } from './outcome.ts';
import type { PaceReason } from './pace/pace-reason.ts';
import type { Summary } from './reduce/summary.ts';
import type { RunRequest } from './request.ts';
import type { ApprovalDecision, GateName } from './rollout/rollout.ts';
import type { OnlineProgress } from './safety/online/online-progress.ts';
import type { TenantRef } from './tenant.ts';

/** Events of a run, in order. The core emits, a reporter decides what is shown. */
export type RunEvent =
  | {
      readonly type: 'run-started';
      readonly runId: string;
      readonly command: RunRequest['command'];
      /** A plan of a rollback. */
      readonly rollback?: true | undefined;
      /** Tenants listed, over all waves. */
      readonly total: number;
      readonly waves: number;
      readonly bundleHash: string;
      readonly retryOf?: string | undefined;
    }
  | {
      readonly type: 'wave-started';
      readonly runId: string;
      readonly wave: number;
      readonly total: number;
      readonly canary: boolean;
    }
  | {
      /** A further round, never the first: tenants of the wave that failed are tried once more. */
      readonly type: 'round-started';
      readonly runId: string;
      readonly wave: number;
      /** From 2. */
      readonly round: number;
      readonly total: number;
      /** Set if it takes only those whose database server did not answer; otherwise all retryable failures. */
      readonly hostsDown?: true | undefined;
      /** Set if it takes the tenants whose backfills the rounds before have left. */
      readonly backfills?: true | undefined;
    }
  | {
      /** The fleet was listed once more at the end, and found tenants that had become `ACTIVE` meanwhile. */
      readonly type: 'tenants-added';
      readonly runId: string;
      readonly total: number;
    }
  | { readonly type: 'tenant-started'; readonly runId: string; readonly tenant: TenantRef }
  | {
      /** A transient failure; the tenant is tried again after `delayMs`. */
      readonly type: 'tenant-retried';
      readonly runId: string;
      readonly tenant: TenantRef;
      readonly attempt: number;
      readonly delayMs: number;
      readonly code: string;
      readonly message: string;
    }
  | {
      /** A backfill has changed more rows of a tenant; at most one event a second and tenant. */
      readonly type: 'backfill-progress';
      readonly runId: string;
      readonly tenant: TenantRef;
      readonly progress: BackfillProgress;
    }
  | {
      /** A program has copied more rows of a table that it changes online; at most one event a second and tenant. */
      readonly type: 'online-change-progress';
      readonly runId: string;
      readonly tenant: TenantRef;
      readonly progress: OnlineProgress;
    }
  | { readonly type: 'tenant-finished'; readonly runId: string; readonly outcome: Outcome }
  | {
      /** The run chooses how many tenants it attempts at a time, and has changed that. */
      readonly type: 'pace-changed';
      readonly runId: string;
      readonly atATime: number;
      /** Why it is not higher. */
      readonly why: PaceReason;
    }
  | {
      /** A wave waits, or the reason why it waits has changed. */
      readonly type: 'wave-held';
      readonly runId: string;
      readonly wave: number;
      readonly gate: GateName;
      /** A sentence. */
      readonly message: string;
      /** ISO 8601, UTC. */
      readonly until?: string | undefined;
    }
  | {
      /** Somebody has approved or rejected a wave, or nobody did in time. */
      readonly type: 'wave-decided';
      readonly runId: string;
      readonly wave: number;
      readonly verdict: ApprovalDecision['verdict'];
      readonly by?: string | undefined;
      readonly why?: string | undefined;
    }
  | {
      /** No new tenant is started from here on. */
      readonly type: 'run-stopping';
      readonly runId: string;
      readonly reason: StopReason;
      /** Whole sentences; the next step is in the error or the summary. */
      readonly message: string;
    }
  | { readonly type: 'warning'; readonly runId: string; readonly note: Note }
  | {
      readonly type: 'run-finished';
      readonly runId: string;
      readonly summary: Summary;
      readonly durationMs: number;
      /** The place where the run store keeps the run, for people. */
      readonly location: string;
    };

/**
 * Why a run starts no more tenants: too many failed, one of a canary failed, a check that it watches failed
 * (`halted`), somebody rejected the next wave or nobody approved it in time, somebody stopped it, or the run
 * store or the central database failed in the middle (`error`).
 */
export type StopReason =
  | 'breaker'
  | 'canary'
  | 'halted'
  | 'rejected'
  | 'expired'
  | 'interrupted'
  | 'error';

/** A run that was stopped, in a sentence for people. */
export interface RunStop {
  readonly reason: StopReason;
  readonly message: string;
}

/** Receives events; must not throw. */
export type Reporter = (event: RunEvent) => void;
