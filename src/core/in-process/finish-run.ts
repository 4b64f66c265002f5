import type { RunStop } from '../events.ts';
import type { PaceStanding } from '../pace/pace.ts';
import type { Clock } from '../ports.ts';
import { addNote, countUnreported, emptySummary } from '../reduce/add-outcome.ts';
import { foldDetails } from '../reduce/details/fold-details.ts';
import { reduceRun } from '../reduce/reduce-run.ts';
import type { Summary } from '../reduce/summary.ts';
import type { Rollout } from '../rollout/rollout.ts';
import type { FinishedRun, RenderReport } from '../run/finished-run.ts';
import { REACHED_NOT_RECORDED } from '../run/reached.ts';
import type { RunRecord, RunState, RunStore, Wave } from '../run-store.ts';
import type { Troubles } from './troubles.ts';

export interface RunEnding {
  readonly record: RunRecord;
  readonly waves: readonly Wave[];
  readonly wavesEntered: number;
  /** How it was held between its waves. */
  readonly rollout?: Rollout | undefined;
  /** The pace at its end; undefined if it was fixed. */
  readonly pace?: PaceStanding | undefined;
  /** Why the rest was not started. */
  readonly stopped: RunStop | undefined;
  /** Tenants that were migrated although the central database could not record it. */
  readonly notRecorded: number;
}

export interface FinishRunDependencies {
  readonly store: RunStore;
  readonly renderReport: RenderReport;
  readonly clock: Pick<Clock, 'now'>;
  readonly attempt: Troubles['keep'];
}

/**
 * Folds a run into its summary and writes its files. Each file is written even if another
 * one could not be; the state comes last, so that a run that is marked as over has all its files.
 */
export async function finishRun(
  ending: RunEnding,
  { store, renderReport, clock, attempt }: FinishRunDependencies,
): Promise<{ readonly summary: Summary; readonly state: RunState }> {
  const { record, waves, wavesEntered, rollout, pace, stopped, notRecorded } = ending;
  const { id, request } = record;
  const total = waves.reduce((sum, wave) => sum + wave.size, 0);

  const details = foldDetails();
  const reduced = await attempt(() => reduceRun(store, id, waves, undefined, details.add));
  const heardOf = countUnreported(
    reduced?.summary ?? emptySummary(total),
    // Tenants that a stopped run did not reach are known; any other missing tenant is not.
    reduced !== undefined && stopped !== undefined ? 'skipped' : 'unknown',
  );
  const noted = notRecorded === 0 ? heardOf : addNote(heardOf, REACHED_NOT_RECORDED, notRecorded);
  const summary = pace === undefined ? noted : { ...noted, pace };
  const finishedAt = new Date(clock.now()).toISOString();
  const status = statusOf(summary, stopped);
  const state: RunState = { status, waves, wavesEntered, stopped, finishedAt };

  // A plan leaves no tenants: a retry of it would have nothing to finish.
  if (request.command !== 'plan' && reduced !== undefined) {
    await attempt(() => store.writeLeft(id, reduced.left.ids()));
  }
  await attempt(() => store.writeSummary(id, summary));
  const finished: FinishedRun = {
    record,
    state,
    rollout,
    details: reduced === undefined ? undefined : details.result(),
  };
  await attempt(() => store.writeReport(id, renderReport(summary, finished)));
  await attempt(() => store.writeState(id, state));
  return { summary, state };
}

function statusOf({ counts }: Summary, stopped: RunStop | undefined): RunState['status'] {
  if (stopped !== undefined) return stopped.reason === 'interrupted' ? 'interrupted' : 'failed';
  return counts.failed + counts.unknown > 0 ? 'failed' : 'succeeded';
}
