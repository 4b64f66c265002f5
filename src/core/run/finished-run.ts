import type { RunRecord, RunState } from '../ports.ts';
import type { Summary } from '../reduce/summary.ts';

/** A run at its end, as its report tells of it. */
export interface FinishedRun {
  readonly record: RunRecord;
  readonly state: RunState;
}

/** Makes the report that people read in a browser. */
export type RenderReport = (summary: Summary, run: FinishedRun) => string;
