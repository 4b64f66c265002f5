import { FanfoldError } from '../../core/errors.ts';
import type { RunStop } from '../../core/events.ts';
import type { Outcome } from '../../core/outcome.ts';
import { bitsOf, type LastOutcome, lastOutcomes } from '../../core/reduce/last-outcomes.ts';
import type { Summary } from '../../core/reduce/summary.ts';
import type { RemoteRun } from '../../core/remote/remote-runs.ts';
import { REACHED_NOT_RECORDED } from '../../core/run/reached.ts';
import type { RoundRef, RunState } from '../../core/run-store.ts';
import { TENANT_MIGRATIONS_FAILED } from '../../core/wire/error-names.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { causeText } from './cause-text.ts';
import { readStateIfListed } from './follow-run.ts';
import { isDenied } from './is-denied.ts';
import type { RemoteReporter } from './remote-event.ts';
import type { RemoteRunStore } from './remote-run-store.ts';

/** In a fleet of at most this size every tenant is reported, as by a local run. */
const SMALL_FLEET = 50;

export interface TellEndOptions {
  readonly store: RemoteRunStore;
  readonly report: RemoteReporter;
  /** Reports every tenant, however large the fleet; this reads the files of all of them. */
  readonly everyTenant: boolean;
  /** Rounds whose tenants have been reported. Default: none. */
  readonly toldRounds?: readonly RoundRef[] | undefined;
}

/**
 * Reports the result of a run that has ended: its tenants and its summary. Returns whether there was a
 * summary.
 *
 * @param error the error that ended the run, if it was not its tenants
 */
export async function tellEnd(
  run: RemoteRun,
  error: FanfoldError | undefined,
  options: TellEndOptions,
): Promise<boolean> {
  const runId = run.id;
  const { report } = options;
  const skipped = skipMessage(run);
  if (skipped !== undefined) {
    report({ type: 'run-skipped', runId, message: skipped });
    return true;
  }
  try {
    if (await tellStored(run, error, options)) return true;
  } catch (denied) {
    if (!isDenied(denied)) throw denied;
  }
  const lines = shortSummary(run);
  if (lines !== undefined) report({ type: 'run-summarized', runId, lines });
  return lines !== undefined;
}

/** Reports the result of a run from the run store. */
async function tellStored(
  run: RemoteRun,
  error: FanfoldError | undefined,
  { store, report, everyTenant, toldRounds }: TellEndOptions,
): Promise<boolean> {
  const runId = run.id;
  const state = await readStateIfListed(store, runId);
  const summary = await store.readSummary(runId);
  if (summary === undefined || state === undefined) return false;

  const stopped = stopOf(run, state, error);
  if (stopped !== undefined) report({ type: 'run-stopping', runId, ...stopped });
  // A stack of an earlier version does not count pending migrations by itself.
  const isUncounted = summary.counts.planned > 0 && summary.plan === undefined;
  if (everyTenant || summary.total <= SMALL_FLEET || isUncounted) {
    await tellTenants(runId, state, { store, report, toldRounds });
  }
  const unrecorded = summary.notes[REACHED_NOT_RECORDED];
  if (unrecorded !== undefined) {
    const message = `The new version of ${countOf(unrecorded, 'tenant')} could not be recorded in the central database.`;
    report({ type: 'warning', runId, note: { code: REACHED_NOT_RECORDED, message } });
  }
  report({
    type: 'run-finished',
    runId,
    summary: allKnown(summary, stopped),
    durationMs: durationOf(run),
    location: store.location(runId).replace(/\/+$/, ''),
  });
  return true;
}

/**
 * The summary that the execution itself shows, for people who may start runs but not read the run store.
 * Without permission for the KMS key it is empty.
 */
function shortSummary({ status, output, error, cause }: RemoteRun): string[] | undefined {
  if (status === 'SUCCEEDED' && output !== undefined) {
    const { message } = JSON.parse(output) as { message?: unknown };
    return typeof message === 'string' ? message.split('\n') : undefined;
  }
  return error === TENANT_MIGRATIONS_FAILED ? causeText(cause).split('\n') : undefined;
}

/** The message of a run that skipped because another one was in progress. */
function skipMessage({ status, output }: RemoteRun): string | undefined {
  if (status !== 'SUCCEEDED' || output === undefined) return undefined;
  const { total, message } = JSON.parse(output) as { total?: unknown; message?: unknown };
  return total === undefined && typeof message === 'string' ? message : undefined;
}

function stopOf(
  { status }: RemoteRun,
  { stopped }: RunState,
  error: FanfoldError | undefined,
): RunStop | undefined {
  if (error !== undefined) return { reason: 'error', message: error.message };
  if (stopped !== undefined) return stopped;
  return status === 'ABORTED'
    ? { reason: 'interrupted', message: 'The run was stopped.' }
    : undefined;
}

async function tellTenants(
  runId: string,
  { waves }: RunState,
  { store, report, toldRounds = [] }: Omit<TellEndOptions, 'everyTenant'>,
): Promise<void> {
  const isTold = ({ round }: LastOutcome) =>
    toldRounds.some((told) => told.wave === round.wave && told.round === round.round);
  const isSmall = waves.reduce((sum, { size }) => sum + size, 0) <= SMALL_FLEET;
  try {
    for await (const outcome of inOrder(
      lastOutcomes(store, runId, bitsOf(waves)),
      isSmall,
      isTold,
    )) {
      report({ type: 'tenant-finished', runId, outcome });
    }
  } catch (error) {
    if (!(error instanceof FanfoldError)) throw error;
    // The summary still has the counts.
    report({ type: 'warning', runId, note: { code: error.code, message: error.message } });
  }
}

/** Counts tenants that are missing in the summary of an aborted run as unknown, or as skipped if it was stopped. */
export function allKnown(summary: Summary, stopped: RunStop | undefined): Summary {
  const { counts, total } = summary;
  const missing = total - Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (missing <= 0) return summary;
  const status = stopped === undefined ? 'unknown' : 'skipped';
  return { ...summary, counts: { ...counts, [status]: counts[status] + missing } };
}

/** The outcomes in the order of the lists; for a large fleet as they come, newest round first. */
async function* inOrder(
  outcomes: AsyncIterable<LastOutcome>,
  isSmall: boolean,
  isTold: (last: LastOutcome) => boolean,
): AsyncGenerator<Outcome, void, undefined> {
  const kept: Outcome[] = [];
  for await (const last of outcomes) {
    if (isTold(last)) continue;
    if (isSmall) kept.push(last.outcome);
    else yield last.outcome;
  }
  yield* kept.sort((a, b) => a.wave - b.wave || a.position - b.position);
}

/** The duration of a run, from its last redrive if there was one. */
export function durationOf({ startedAt, redrivenAt, stoppedAt }: RemoteRun): number {
  const from = redrivenAt ?? startedAt;
  return Math.max(0, (stoppedAt ?? from).getTime() - from.getTime());
}
