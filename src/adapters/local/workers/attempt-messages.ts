import type { BackfillProgress } from '../../../core/backfill/backfill-progress.ts';
import type { OwnFailure } from '../../../core/failure.ts';
import type { Attempt, AttemptContext } from '../../../core/migrate/attempt.ts';
import type { OnlineProgress } from '../../../core/safety/online/online-progress.ts';
import type { SchemaState } from '../../../core/schema-state.ts';
import type { Tenant } from '../../../core/tenant.ts';

/** How the backfills of an attempt are to go on, as the main thread has it now. */
export interface BackfillOrders {
  readonly pause?: boolean | undefined;
  readonly isStopping?: boolean | undefined;
  readonly pace?: number | undefined;
}

/** Parts of a context that another thread can have. Its bundle is loaded there once more. */
export interface AttemptTask extends Pick<AttemptContext, 'runId' | 'request' | 'leavesBackfills'> {
  readonly tenant: Tenant;
  /** Undefined if the attempt has no controls. */
  readonly orders?: BackfillOrders | undefined;
  /** Whether the main thread is asked before the first migration. */
  readonly asksFirst: boolean;
}

/** Messages of the main thread to a worker. */
export type MessageToWorker =
  | { readonly type: 'attempt'; readonly id: number; readonly task: AttemptTask }
  | { readonly type: 'orders'; readonly id: number; readonly orders: BackfillOrders }
  | { readonly type: 'may'; readonly id: number; readonly failure: OwnFailure | undefined };

/** Messages of a worker to the main thread. */
export type MessageToMain =
  | { readonly type: 'ready'; readonly bundleHash: string }
  | { readonly type: 'answered'; readonly id: number }
  | {
      readonly type: 'progress';
      readonly id: number;
      readonly progress: BackfillProgress | OnlineProgress;
    }
  | { readonly type: 'may'; readonly id: number; readonly state: SchemaState }
  | { readonly type: 'ended'; readonly id: number; readonly attempt: Attempt }
  | { readonly type: 'printed'; readonly text: string; readonly stream: 'out' | 'err' }
  | { readonly type: 'warned'; readonly text: string }
  | { readonly type: 'failed'; readonly why: string };
