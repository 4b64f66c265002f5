import type { Clock } from '../../core/ports.ts';
import type { RemoteRuns } from '../../core/remote/remote-runs.ts';
import type { RemoteRunStore } from './remote-run-store.ts';

/** The access of commands to a deployed stack. */
export interface RemoteAccess {
  readonly runs: RemoteRuns;
  readonly store: RemoteRunStore;
  readonly clock: Clock;
}
