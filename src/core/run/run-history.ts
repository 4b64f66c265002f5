import type { ErrorCode } from '../error-codes.ts';
import { isFanfoldError } from '../errors.ts';
import { createIdSet, type IdSet } from '../list/id-set.ts';
import { isSuccess } from '../outcome.ts';
import { bitsOf, lastOutcomes } from '../reduce/last-outcomes.ts';
import { type RunStanding, runStanding, type StandingStore } from '../reduce/run-standing.ts';
import type { RunRequest } from '../request.ts';
import type { RunRecord } from '../run-store.ts';

/** The runs of a store, or those of a deployed stack. */
export interface RunHistory extends StandingStore {
  /** The newest first. */
  newest(): AsyncIterable<RunRecord>;
}

/**
 * The state of each run, the newest first. A tenant that a later run has done is not left by an earlier one of
 * the same purpose. Runs that ended before they had listed any tenant are skipped.
 */
export async function* runStandings(
  history: RunHistory,
): AsyncGenerator<RunStanding, void, undefined> {
  const done = new Map<string, IdSet>();
  for await (const record of history.newest()) {
    const { request } = record;
    const purposes = [
      purposeOf(record),
      purposeOf({ ...record, request: { ...request, to: undefined } }),
    ];
    const isDone = (id: string) => purposes.some((purpose) => done.get(purpose)?.has(id) === true);
    const standing = await listedStanding(history, record, isDone);
    if (standing === undefined) continue;
    yield standing;
    if (request.command === 'plan') continue;
    const ids = done.get(purposeOf(record)) ?? createIdSet();
    done.set(purposeOf(record), ids);
    const seen = bitsOf(standing.state.waves);
    for await (const { outcome } of lastOutcomes(history, record.id, seen)) {
      if (isSuccess(outcome)) ids.add(outcome.tenant.id);
    }
  }
}

/** The state of one run, given the later ones; `undefined` if the history does not have it. */
export async function standingOf(
  history: RunHistory,
  runId: string,
): Promise<RunStanding | undefined> {
  for await (const standing of runStandings(history)) {
    if (standing.record.id === runId) return standing;
  }
  return undefined;
}

/**
 * The newest run that leaves tenants, which `last` means. A run over the whole fleet replaces all earlier
 * ones, so older ones are not read.
 */
export async function newestLeaving(history: RunHistory): Promise<RunStanding | undefined> {
  for await (const standing of runStandings(history)) {
    if (standing.left > 0) return standing;
    if (isOverFleet(standing.record.request)) return undefined;
  }
  return undefined;
}

/** An earlier run that leaves tenants which a narrower one was not about. */
export interface WiderRun {
  readonly id: string;
  /** The number of such tenants. */
  readonly left: number;
}

/**
 * The next run before this one that leaves tenants which this one was not about, such as the run over the
 * fleet after a retry of one cause; `undefined` if there is none.
 */
export async function widerLeaving(
  history: RunHistory,
  runId: string,
): Promise<WiderRun | undefined> {
  let covered: IdSet | undefined;
  for await (const { record, state, left, tenants } of runStandings(history)) {
    if (covered !== undefined && left > 0) {
      let more = 0;
      for await (const { id } of tenants()) if (!covered.has(id)) more += 1;
      if (more > 0) return { id: record.id, left: more };
    }
    if (record.id === runId) {
      covered = createIdSet();
      for (const wave of state.waves.keys()) {
        for await (const id of history.readWave(runId, wave + 1)) covered.add(id);
      }
    }
    if (covered !== undefined && isOverFleet(record.request)) return undefined;
  }
  return undefined;
}

/** Whether a run was about every `ACTIVE` tenant. */
function isOverFleet({ command, tenants, retryOf, hosts }: RunRequest): boolean {
  return (
    command !== 'plan' && tenants === undefined && retryOf === undefined && hosts === undefined
  );
}

/** The purpose of a run: a tenant that is done in one run is done for earlier runs of the same purpose. */
function purposeOf({ id, request }: Pick<RunRecord, 'id' | 'request'>): string {
  const { command, to = null, run = null, steps, stepsOf = id } = request;
  // Two rollbacks by a number of steps take other steps, unless one is a retry of the other.
  return JSON.stringify([command, to, run, steps === undefined ? null : stepsOf]);
}

async function listedStanding(
  history: RunHistory,
  record: RunRecord,
  isDone: (id: string) => boolean,
): Promise<RunStanding | undefined> {
  try {
    return await runStanding(history, record, isDone);
  } catch (error) {
    if (isFanfoldError(error) && NOT_LISTED.has(error.code)) return undefined;
    throw error;
  }
}

const NOT_LISTED: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['RunNotListed', 'RunUnknown']);
