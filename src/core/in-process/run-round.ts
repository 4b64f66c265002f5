import { closedMessage, closedUntil } from '../backfill/backfill-hours.ts';
import type { BackfillProgress } from '../backfill/backfill-progress.ts';
import { DEFAULT_PACE } from '../backfill/batch-size.ts';
import { passOfRun, withoutBackfillsNote } from '../backfill/pass-of-run.ts';
import type { RoundMember } from '../migrate/candidate.ts';
import type { FleetObserver } from '../migrate/fleet-options.ts';
import { migrateFleet } from '../migrate/migrate-fleet.ts';
import type { FailedOutcome, Outcome } from '../outcome.ts';
import type { Pace } from '../pace/pace.ts';
import { trustContinuedRuns } from '../run/continued-runs.ts';
import { inMixedOrder } from '../run/in-mixed-order.ts';
import { listedMembers } from '../run/listed-members.ts';
import { continuesRuns, trustsRecords } from '../run/probing.ts';
import { showsSchema } from '../run/reached.ts';
import { candidateOf, roundTenants } from '../run/round-tenants.ts';
import { trustBundle } from '../run/trusted-outcome.ts';
import { tooManyFailed } from '../run/why-stopped.ts';
import type { OutcomeSink, RoundRef } from '../run-store.ts';
import type { OnlineProgress } from '../safety/online/online-progress.ts';
import { type Tenant, tenantRef } from '../tenant.ts';
import type { ActiveRun } from './active-run.ts';
import type { Tally } from './tally.ts';
import { CENTRAL_RETRY, tryAgain } from './try-again.ts';

/** The failures of the previous round that a round tries once more. */
export type TakesAgain = (outcome: Outcome) => outcome is FailedOutcome;

/** The tenants of a round after the first one. */
export type RoundTakes =
  /** Failures of the round before. */
  | TakesAgain
  /** The second pass of a run with the phase `all`. */
  | { readonly members: () => AsyncIterable<RoundMember>; readonly pace: Pace };

/** Passes once over a wave, or over the failures of its previous round. */
export async function runRound(
  run: ActiveRun,
  ref: RoundRef,
  tally: Tally,
  takes?: RoundTakes,
): Promise<void> {
  const { record, store, recorder, stopOnError } = run;
  const sink = await stopOnError(() => store.openOutcomes(record.id, ref.wave, ref.round));
  if (sink === undefined) return;
  await stopOnError(() => migrateMembers(run, ref, { tally, takes, sink }));
  await stopOnError(() => sink.close());
  await recorder.flush();
}

async function migrateMembers(
  run: ActiveRun,
  { wave, round }: RoundRef,
  { tally, takes, sink }: { tally: Tally; takes: RoundTakes | undefined; sink: OutcomeSink },
): Promise<void> {
  const { record, bundle, directory, store, recorder, clock, random, retry, stop, stopOnError } =
    run;
  const { id: runId, request } = record;
  const isSecondPass = typeof takes === 'object';
  const members = isSecondPass
    ? takes.members()
    : takes === undefined
      ? firstMembers(run, wave)
      : failedMembers(store.readOutcomes(runId, wave, round - 1), takes);
  const findByIds = (ids: readonly string[]) =>
    tryAgain(() => directory.findByIds(ids), {
      retry: CENTRAL_RETRY,
      clock,
      random,
      stop: stop.signal,
    });
  const candidates = roundTenants(members, {
    findByIds,
    now: clock.now,
    stop: stop.signal,
    ...(takes === undefined && trustOf(run)),
  });
  const { takesBackfills, ...pass } = passOfRun(request, isSecondPass ? 'second' : 'first');
  const outcomes = migrateFleet(candidates, {
    attempt: async (tenant, onAnswer) => {
      if (takesBackfills) await mayBackfill(run);
      const backfills = backfillControls(run, tenant);
      return run.attemptTenant(tenant, {
        runId,
        bundle,
        ...pass,
        isRecorded: true,
        onAnswer,
        backfills,
      });
    },
    health: run.health,
    refresh: async (candidate) => candidateOf(candidate, (await findByIds([candidate.id]))[0]),
    pace: isSecondPass ? takes.pace : run.pace,
    retry,
    clock,
    random,
    stop,
    observer: observe(run, wave, { tally, leavesBackfills: pass.leavesBackfills === true }),
  });
  for await (const outcome of outcomes) {
    await stopOnError(() => sink.append(outcome));
    if (showsSchema(request)) await recorder.add(outcome);
  }
}

/** The members of a wave, in an order of this run if others may work on the same list. */
function firstMembers({ record, store, random }: ActiveRun, wave: number) {
  const listed = listedMembers(store, record.id, wave);
  return continuesRuns(record.request) ? inMixedOrder(listed, random) : listed;
}

/** A run beside this one may have recorded a tenant since its row was read. */
const FRESH_BESIDE_OTHERS_MS = 2_000;

/** Which tenants of a first round count as up to date by their rows. */
function trustOf({ record, bundle, store, clock }: ActiveRun) {
  const { request } = record;
  if (trustsRecords(request)) return { trust: trustBundle(bundle.hash) };
  if (!continuesRuns(request)) return undefined;
  const trust = trustContinuedRuns(store, record, clock.now);
  return { trust, freshMs: FRESH_BESIDE_OTHERS_MS };
}

/** The shortest time between two events about the progress of a tenant. */
const PROGRESS_MS = 1_000;

/** The longest sleep while backfills wait for their hours: a clock may be set. */
const LONGEST_SLEEP_MS = 60_000;

/** Waits until nobody holds the backfills of the run and their hours have come, or the run is stopped. */
async function mayBackfill({ record, control, clock, stop, warnOnce }: ActiveRun): Promise<void> {
  await control.resumed();
  for (;;) {
    const now = clock.now();
    const until = closedUntil(record.request, now);
    if (until === undefined || stop.signal.aborted) return;
    warnOnce({ code: 'BackfillsClosed', message: closedMessage(until, record.request) });
    await clock.sleep(Math.min(LONGEST_SLEEP_MS, until - now), stop.signal);
    await control.resumed();
  }
}

/** A run that is stopped pauses backfills and online changes, because they may have hours before them. */
function backfillControls({ record, stop, control, clock, emit }: ActiveRun, tenant: Tenant) {
  let next = 0;
  return {
    pause: () =>
      stop.signal.aborted ||
      control.now.isPaused ||
      closedUntil(record.request, clock.now()) !== undefined,
    isStopping: () => stop.signal.aborted,
    pace: () => control.now.pace ?? DEFAULT_PACE,
    onProgress: (progress: BackfillProgress | OnlineProgress) => {
      if (clock.now() < next) return;
      next = clock.now() + PROGRESS_MS;
      const of = { runId: record.id, tenant: tenantRef(tenant) };
      emit(
        'program' in progress
          ? { type: 'online-change-progress', ...of, progress }
          : { type: 'backfill-progress', ...of, progress },
      );
    },
  };
}

function observe(
  run: ActiveRun,
  wave: number,
  { tally, leavesBackfills }: { readonly tally: Tally; readonly leavesBackfills: boolean },
): FleetObserver {
  const { emit, stop } = run;
  // A canary is judged after all of it has run; it is never stopped before.
  const tolerated = run.waves[wave - 1]?.canary ? undefined : run.tolerated;
  const runId = run.record.id;
  return {
    started: ({ tenant }) => emit({ type: 'tenant-started', runId, tenant: tenantRef(tenant) }),
    retried({ tenant }, attempt, delayMs, { code, message }) {
      const type = 'tenant-retried';
      emit({ type, runId, tenant: tenantRef(tenant), attempt, delayMs, code, message });
    },
    finished(outcome: Outcome, before: Outcome | undefined) {
      // The second pass comes to backfills that this one has left, and notes those that it leaves itself.
      const told = leavesBackfills ? withoutBackfillsNote(outcome) : outcome;
      emit({ type: 'tenant-finished', runId, outcome: told });
      tally.count(outcome, before);
      run.tally.count(outcome, before);
      const { failed } = run.tally;
      if (tolerated !== undefined && failed > tolerated) {
        stop.stop(tooManyFailed(failed, tolerated));
      }
    },
  };
}

async function* failedMembers(
  outcomes: AsyncIterable<Outcome>,
  takes: TakesAgain,
): AsyncGenerator<RoundMember, void, undefined> {
  for await (const outcome of outcomes) {
    if (!takes(outcome)) continue;
    const { tenant, wave, position } = outcome;
    yield { id: tenant.id, wave, position, before: withoutBackfillsNote(outcome) };
  }
}
