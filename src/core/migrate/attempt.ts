import type { Bundle } from '../bundle/bundle.ts';
import type { OwnFailure } from '../failure.ts';
import type { AppliedMigration, Note } from '../outcome.ts';
import type { BackfillControls } from '../ports.ts';
import type { RunRequest } from '../request.ts';
import type { SchemaState } from '../schema-state.ts';
import type { SnapshotOffer } from '../snapshot/snapshot.ts';
import type { Tenant } from '../tenant.ts';

/** The result of one attempt at one tenant. Expected failure is data: an attempt never throws. */
export type Attempt =
  | {
      readonly status: 'migrated';
      readonly applied: readonly AppliedMigration[];
      readonly notes: readonly Note[];
    }
  | { readonly status: 'unchanged'; readonly notes: readonly Note[] }
  | {
      readonly status: 'planned';
      readonly pending: readonly string[];
      /** Ids of backfills that are not complete either, if they are listed separately. */
      readonly backfills?: readonly string[] | undefined;
      /** In a plan of a rollback, the newest first. */
      readonly reverting?: readonly string[] | undefined;
      readonly notes: readonly Note[];
    }
  | {
      readonly status: 'reverted';
      /** The newest first. */
      readonly reverted: readonly AppliedMigration[];
      readonly notes: readonly Note[];
    }
  | {
      /** Paused by `pause`; the next attempt resumes there. */
      readonly status: 'continue';
      readonly applied: readonly AppliedMigration[];
      readonly reverted?: readonly AppliedMigration[] | undefined;
      readonly notes: readonly Note[];
    }
  | {
      readonly status: 'failed';
      readonly failure: OwnFailure;
      /** Migrations that this attempt applied before it failed. */
      readonly applied: readonly AppliedMigration[];
      /** Migrations that it rolled back before it failed. */
      readonly reverted?: readonly AppliedMigration[] | undefined;
      readonly notes: readonly Note[];
    };

/** Facts that every attempt of a run shares. */
export interface AttemptContext {
  readonly runId: string;
  /** Already cut at `request.to`, except for a rollback. */
  readonly bundle: Bundle;
  readonly request: Pick<
    RunRequest,
    | 'command'
    | 'rollback'
    | 'to'
    | 'run'
    | 'steps'
    | 'stepsOf'
    | 'allowEmpty'
    | 'strict'
    | 'allowMissing'
    | 'lockWaitTimeoutSeconds'
    | 'statementTimeoutSeconds'
    | 'maxPerHost'
    | 'safety'
    | 'phase'
  >;
  /** Whether backfills, and migrations that require one, are left to a later pass over the fleet. */
  readonly leavesBackfills?: boolean | undefined;
  /** How backfills run. */
  readonly backfills?: BackfillControls | undefined;
  /**
   * Whether the attempt is to end at the next place where another one can resume: its process will not
   * be there for long. Asked between migrations and between their statements. Default: never.
   */
  readonly pause?: (() => boolean) | undefined;
  /**
   * Asked under the fence, before the first migration is applied: why this tenant may not be migrated; `undefined` if it
   * may. Default: every tenant may.
   */
  readonly mayMigrate?: ((state: SchemaState) => Promise<OwnFailure | undefined>) | undefined;
  /** The snapshot from which an empty database is made, if it fits, instead of a replay. Default: always a replay. */
  readonly snapshot?: SnapshotOffer | undefined;
  /**
   * Whether the tenant's row has what the central database has recorded of it. An attempt then locks the database with
   * its first question if something is expected to be pending. Default: the row says nothing about that.
   */
  readonly isRecorded?: boolean | undefined;
  /** Called when the tenant's database server has answered the first question. */
  readonly onAnswer?: (() => void) | undefined;
}

/** Attempts one tenant once. */
export type AttemptTenant = (tenant: Tenant, context: AttemptContext) => Promise<Attempt>;
