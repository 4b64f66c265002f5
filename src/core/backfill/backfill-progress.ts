import type { OnlineProgress } from '../safety/online/online-progress.ts';
import type { LoadSign } from './host-strain.ts';

/** How far a backfill has come in one tenant. */
export interface BackfillProgress {
  /** Id of its migration. */
  readonly migration: string;
  /** Rows that were walked over, those that its condition leaves out included. */
  readonly rowsDone: number;
  /** Rows that it changed; of a backfill with `rows`, those whose keys it was given. */
  readonly rowsChanged: number;
  /** Rows of the table when it began, as the server estimates them; undefined if it cannot. */
  readonly rowsExpected?: number | undefined;
  /** Rows a second since this attempt began, rests included; undefined before the first batch. */
  readonly rowsPerSecond?: number | undefined;
  /** The signs of the server's load for which it rests longer, or waits; absent if there are none. */
  readonly slowedBy?: readonly LoadSign[] | undefined;
  /** The signs that the server does not show to this login, so that the backfill cannot heed them. */
  readonly unread?: readonly LoadSign[] | undefined;
  /** Configured replicas that slow it down, a sentence each: `replica-1:3306 is 12 s late`. */
  readonly replicas?: readonly string[] | undefined;
}

/** The same as it is kept in a tenant's database, by any run. */
export interface StoredBackfill extends BackfillProgress {
  /** Whether a batch was committed within the last minute. */
  readonly isRunning: boolean;
}

/** Seconds until the end at the present rate; undefined if it cannot be told. */
export function secondsLeft(progress: BackfillProgress | OnlineProgress): number | undefined {
  const { rowsDone, rowsExpected, rowsPerSecond } = progress;
  if (rowsExpected === undefined || !rowsPerSecond) return undefined;
  return Math.ceil(Math.max(0, rowsExpected - rowsDone) / rowsPerSecond);
}
