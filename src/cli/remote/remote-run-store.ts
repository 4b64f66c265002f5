import type { Summary } from '../../core/reduce/summary.ts';
import type { StepRunStore } from '../../core/step-ports.ts';

/** What following a run reads of the run store. */
export interface RemoteRunStore
  extends Pick<
    StepRunStore,
    'location' | 'readRun' | 'readBundle' | 'readState' | 'readWave' | 'listRounds' | 'readOutcomes'
  > {
  /** The summary as it was last written; `undefined` where there is none yet. */
  readSummary(runId: string): Promise<Summary | undefined>;
}
