import type { RunStore } from '../../core/ports.ts';
import type { Summary } from '../../core/reduce/summary.ts';

/** What following a run reads of the run store. */
export interface RemoteRunStore
  extends Pick<RunStore, 'location' | 'readRun' | 'readState' | 'listRounds' | 'readOutcomes'> {
  /** The summary as it was last written; `undefined` where there is none yet. */
  readSummary(runId: string): Promise<Summary | undefined>;
}
