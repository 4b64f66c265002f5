import type { Summary } from '../../core/reduce/summary.ts';
import type { StepRunStore } from '../../core/states/step-ports.ts';

/** The part of the run store that following a run reads. */
export interface RemoteRunStore
  extends Pick<
    StepRunStore,
    | 'location'
    | 'readRun'
    | 'readBundle'
    | 'readState'
    | 'readWave'
    | 'listRounds'
    | 'readOutcomes'
    | 'readRest'
    | 'readRollout'
    | 'readApprovalToken'
  > {
  /** The last written summary; `undefined` if there is none yet. */
  readSummary(runId: string): Promise<Summary | undefined>;
}
