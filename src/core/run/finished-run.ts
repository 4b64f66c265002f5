import type { RunDetails } from '../reduce/details/run-details.ts';
import type { Summary } from '../reduce/summary.ts';
import type { Rollout } from '../rollout/rollout.ts';
import type { RunRecord, RunState } from '../run-store.ts';

/** A run at its end, as its report describes it. */
export interface FinishedRun {
  readonly record: RunRecord;
  readonly state: RunState;
  /** How it was held between its waves; absent if it never was. */
  readonly rollout?: Rollout | undefined;
  /** Details of its outcomes beyond the summary; absent if they could not be read, or not by this version. */
  readonly details?: RunDetails | undefined;
  /** The stack in which it ran, as `--aws` takes it; absent if it ran elsewhere or the name is not known. */
  readonly stack?: string | undefined;
}

/** Makes the report that people read in a browser. */
export type RenderReport = (summary: Summary, run: FinishedRun) => string;
