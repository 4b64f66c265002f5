import type { Backfill } from '../backfill/backfill.ts';
import type { HostLoad } from '../backfill/host-strain.ts';

/** A backfill of the bundle that a database has not completed. */
export interface PendingBackfill {
  readonly id: string;
  /** Checksum of its file. */
  readonly checksum: string;
  readonly backfill: Backfill;
}

/** A backfill that has begun in a database and is not complete, whether the bundle has it or not. */
export interface BegunBackfill {
  readonly migration: string;
  /** The run in which its last batch was committed. */
  readonly runId: string;
  readonly rowsDone: number;
  /** Rows of the table when it began, as the server estimates them; undefined if it cannot. */
  readonly rowsExpected: number | undefined;
  /** Seconds since its last batch was committed. */
  readonly idleSeconds: number;
}

/** Why a backfill would be refused if it ran now. */
export interface BackfillObstacle {
  readonly message: string;
  readonly nextStep: string;
}

/** Facts about the backfills of a database. */
export interface BackfillFacts {
  readonly begun: readonly BegunBackfill[];
  /** By the id of a pending backfill. */
  readonly obstacles: ReadonlyMap<string, BackfillObstacle>;
  /** The load of the server; read only if a backfill is pending. */
  readonly load: HostLoad | undefined;
}
