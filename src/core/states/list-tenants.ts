import { passOfRun } from '../backfill/pass-of-run.ts';
import type { Bundle } from '../bundle/bundle.ts';
import { FanfoldError } from '../errors.ts';
import { listOpenedRun } from '../list/list-run.ts';
import { toleratedInRun } from '../list/tolerated-failures.ts';
import { AT_A_TIME_ON_AWS, atATime } from '../pace/at-a-time.ts';
import type { TenantDirectory } from '../ports.ts';
import { listLateWave } from '../run/late-wave.ts';
import { asksFirst, trustsRecords } from '../run/probing.ts';
import { trustBundle } from '../run/trusted-outcome.ts';
import type { RunRecord, RunState } from '../run-store.ts';
import { hostKey } from '../tenant.ts';
import {
  itemRequestOf,
  type RoundItem,
  type StepExecution,
  type StepRound,
} from '../wire/step-data.ts';
import type { ListTenantsResult } from '../wire/step-schemas.ts';
import { batchesOf } from './batches-of.ts';
import { itemsOf } from './items-of.ts';
import { roundMembers } from './round-members.ts';
import { checksShapes, shapesToRead } from './shapes-to-read.ts';
import type { StepRunStore } from './step-ports.ts';
import { takeBundle } from './take-bundle.ts';

export interface ListTenantsDependencies {
  readonly directory: Pick<TenantDirectory, 'count' | 'listIds' | 'findByIds' | 'findByNames'>;
  readonly store: StepRunStore;
  /** The deployed bundle; its migrations are not loaded. */
  readonly bundle: Bundle;
  /** Whether tenants are migrated only if their shapes were rehearsed. Default: no. */
  readonly requiresRehearsal?: boolean | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Begins a round: takes the deployed bundle for it, and turns its members into items from the central
 * database as it is now. Tenants that are gone or no longer `ACTIVE` are skipped, with the reason. The first
 * round lists the run, and the round of late tenants lists once more; both only once.
 *
 * Throws what is wrong with the request (`TenantUnknown`, `MigrationUnknown`, …), `BundleOlder`,
 * `RunLeavesNothing`, and what the central database or the run store throw.
 */
export async function listTenants(
  { execution, round }: { readonly execution: StepExecution; readonly round: StepRound },
  dependencies: ListTenantsDependencies,
): Promise<ListTenantsResult> {
  const { directory, store, now } = dependencies;
  const runId = execution.name;
  const run = await store.readRun(runId);
  const { request } = run;
  const bundle = await takeBundle(run, dependencies.bundle, store);
  const state = await enter(round, await listed(run, round, dependencies));
  await store.writeState(runId, state);

  const skipped = await store.openOutcomes(runId, round.wave, round.round);
  const trust = isFirst(round) && trustsRecords(request) ? trustBundle(bundle.hash) : undefined;
  const sources = { findByIds: directory.findByIds, now, trust };
  const members = roundMembers(store, runId, state.waves, round);
  const hosts = new Set<string>();
  const items = countingHosts(itemsOf(members, sources, skipped), hosts);
  const { count, key } = await store.writeItems(runId, round, items);
  await skipped.close();
  const pass = passOfRun(request, round.backfillsOf === undefined ? 'first' : 'second');
  const most = atATime(request, AT_A_TIME_ON_AWS);
  const asks = isFirst(round) && asksFirst(request);
  const shapes =
    dependencies.requiresRehearsal === true && checksShapes(request, round)
      ? await shapesToRead({ execution, request, state, sources }, { count, key }, store)
      : undefined;
  return {
    decision: count > 0 ? 'RUN' : 'REDUCE',
    round,
    run: {
      runId,
      bundleHash: bundle.hash,
      request: itemRequestOf(pass.request),
      ...(pass.leavesBackfills === true && { leavesBackfills: true }),
    },
    map: {
      itemsKey: key,
      resultsPrefix: store.resultsPrefix(runId, round),
      maxConcurrency: pass.takesBackfills
        ? Math.min(most, AT_WORK_AND_WAITING * hosts.size * (pass.request.maxPerHost ?? 1))
        : most,
      toleratedFailureCount: toleratedInRound(request, state, round, count),
    },
    ...(asks && {
      probe: { ...batchesOf(request), resultsPrefix: store.probePrefix(runId, round) },
    }),
    ...(shapes !== undefined && { shapes }),
    ...(isFirst(round) && comparesAfter(request, state, round) && { readsDigests: true }),
  };
}

/**
 * Children that are at work or wait, for each tenant of a server whose backfills may run: some wait, so that a free
 * server soon gets its next tenant, but a fleet does not wait in as many children as it has tenants.
 */
const AT_WORK_AND_WAITING = 4;

async function* countingHosts(
  items: AsyncIterable<RoundItem>,
  hosts: Set<string>,
): AsyncGenerator<RoundItem, void, undefined> {
  for await (const item of items) {
    hosts.add(hostKey(item.tenant.address));
    yield item;
  }
}

/** Whether nobody of the round was attempted before; tenants that failed have something to do. */
function isFirst({ members }: StepRound): boolean {
  return members === 'wave' || members === 'late';
}

/** Whether statements are compared after this wave: if the request says so, and another wave may follow. */
function comparesAfter(
  { command, watch }: RunRecord['request'],
  { waves }: RunState,
  { wave }: StepRound,
): boolean {
  return command === 'migrate' && watch?.digest === true && wave < waves.length;
}

/** The run with its waves: as they were listed, or listed now. */
async function listed(
  run: RunRecord,
  round: StepRound,
  { directory, store }: ListTenantsDependencies,
): Promise<RunState> {
  const before = await stateOf(store, run.id);
  const state = before ?? (await listOpenedRun(run, { directory, store }));
  const { retryOf } = run.request;
  if (state.waves.length === 0 && retryOf !== undefined) throw runLeavesNothing(retryOf);
  if (round.members !== 'late' || round.wave <= state.waves.length) return state;
  const late = await listLateWave(run, state.waves, { directory, store });
  return late === undefined ? state : { ...state, waves: [...state.waves, late] };
}

async function stateOf(
  store: Pick<StepRunStore, 'readState'>,
  runId: string,
): Promise<RunState | undefined> {
  try {
    return await store.readState(runId);
  } catch (error) {
    if (error instanceof FanfoldError && error.code === 'RunNotListed') return undefined;
    throw error;
  }
}

/** A run that continues has not ended, even if it had before it was redriven. */
function enter({ wave }: StepRound, { waves, wavesEntered, notRecorded }: RunState): RunState {
  return {
    status: 'running',
    waves,
    wavesEntered: Math.max(wavesEntered, Math.min(wave, waves.length)),
    ...(notRecorded !== undefined && { notRecorded }),
  };
}

/**
 * How many of a round's items may fail: what is tolerated of the run, less what has failed elsewhere.
 * A canary is judged after all of it has run; none is stopped before.
 */
function toleratedInRound(
  request: RunRecord['request'],
  { waves }: RunState,
  { wave, failedElsewhere, backfillsOf = wave }: StepRound,
  items: number,
): number {
  const tolerated = toleratedInRun(request, waves);
  if (tolerated === undefined || waves[backfillsOf - 1]?.canary === true) return items;
  return Math.min(items, Math.max(0, tolerated - failedElsewhere));
}

function runLeavesNothing(retryOf: string): FanfoldError {
  return new FanfoldError(
    'RunLeavesNothing',
    `Run "${retryOf}" leaves nothing to do: all of its tenants are up to date, or none of them is on the requested hosts.`,
    { fault: 'usage', nextStep: 'Start a run without "retryOf", which checks all tenants.' },
  );
}
