import type { OwnNote } from '../outcome.ts';
import type { RunRecord, RunState, RunStore } from '../run-store.ts';
import type { Tenant } from '../tenant.ts';
import type { TrustTenant } from './trusted-outcome.ts';

/**
 * Milliseconds for which the record of a run that has not ended is trusted. A process that was killed is started again
 * well within it; a tenant that somebody changes by hand after that is asked.
 */
const RECENT_MS = 3_600_000;
/** Runs that began more than a day before this one are neither continued nor looked at. */
const LONGEST_MS = 24 * 3_600_000;

/** The store that has the runs which a run may continue. */
export type ContinuedRunsStore = Pick<RunStore, 'listRuns' | 'readRun' | 'readState'>;

/**
 * Trusts tenants that a run which this one continues has recorded within the last hour: its process was killed, or
 * works on the same fleet at the same time. Such a run has the same bundle and the same request, but for its pace, has
 * not ended, and no other run has ended since it began. A version is recorded only after the tenant's own database has
 * committed it, and is cleared by whatever else Fanfold does to the tenant.
 *
 * A run that cannot be read is not continued: asking is always right.
 */
export function trustContinuedRuns(
  store: ContinuedRunsStore,
  record: RunRecord,
  now: () => number,
): TrustTenant {
  const known = new Map<string, Promise<boolean>>();
  const isContinued = (runId: string) => {
    const before = known.get(runId);
    if (before !== undefined) return before;
    const asked = continues(store, record, runId).catch(() => false);
    known.set(runId, asked);
    return asked;
  };
  return async ({ schemaVersion, lastRunId, lastMigratedAt }: Tenant) => {
    if (schemaVersion === null || schemaVersion !== record.bundleHash) return undefined;
    if (lastRunId === null || lastRunId === record.id || lastMigratedAt === null) return undefined;
    // A clock of another machine may be ahead of this one.
    if (Math.abs(now() - lastMigratedAt.getTime()) > RECENT_MS) return undefined;
    return (await isContinued(lastRunId)) ? noteOf(lastRunId) : undefined;
  };
}

function noteOf(runId: string): OwnNote {
  return {
    code: 'Trusted',
    message: `It was not asked: run ${runId}, which this one continues, has recorded the version of this bundle for it.`,
  };
}

async function continues(
  store: ContinuedRunsStore,
  record: RunRecord,
  runId: string,
): Promise<boolean> {
  const other = await store.readRun(runId);
  if (!isSameWork(other, record) || isOver(await store.readState(runId))) return false;
  const since = Date.parse(other.startedAt);
  const earliest = Date.parse(record.startedAt) - LONGEST_MS;
  if (since < earliest) return false;
  for (const id of await store.listRuns()) {
    const { request, startedAt } = await store.readRun(id);
    if (Date.parse(startedAt) < earliest) break;
    if (request.command === 'plan') continue;
    // A run that was killed before its tenants were listed has no state.
    const state = await store.readState(id).catch(() => undefined);
    if (state !== undefined && isOver(state) && endOf(state) >= since) return false;
  }
  return true;
}

/** Whether two runs do the same, though at another pace. */
function isSameWork(one: RunRecord, other: RunRecord): boolean {
  return workOf(one) === workOf(other);
}

function workOf({ bundleHash, request }: RunRecord): string {
  const { maxConcurrency, maxPerHost, ...rest } = request;
  const sorted = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([bundleHash, Object.fromEntries(sorted)]);
}

function isOver({ status }: RunState): boolean {
  return status !== 'running';
}

function endOf({ finishedAt }: RunState): number {
  return finishedAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(finishedAt);
}
