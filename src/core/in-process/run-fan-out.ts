import { passOfRun } from '../backfill/pass-of-run.ts';
import { type ControlStore, type ControlWatch, watchControl } from '../backfill/run-control.ts';
import type { Bundle } from '../bundle/bundle.ts';
import { requestedBundle } from '../bundle/requested-bundle.ts';
import type { ReadTenantDigests } from '../digests/look-at-digests.ts';
import type { Reporter } from '../events.ts';
import { listRun } from '../list/list-run.ts';
import { toleratedFailures } from '../list/tolerated-failures.ts';
import type { AttemptTenant } from '../migrate/attempt.ts';
import { DEFAULT_RETRY, type RetryPolicy } from '../migrate/full-jitter.ts';
import { createHostHealth } from '../migrate/host-health.ts';
import { createStopSwitch, type StopSwitch } from '../migrate/stop-switch.ts';
import { createTeller, type NotificationChannel } from '../notify/create-teller.ts';
import type { Note } from '../outcome.ts';
import { paceOfRequest } from '../pace/pace-of-request.ts';
import type { ReadServerLoad } from '../pace/server-load.ts';
import type { Throttle } from '../pace/throttle.ts';
import type { Clock, TenantDirectory } from '../ports.ts';
import type { Summary } from '../reduce/summary.ts';
import type { RunRequest } from '../request.ts';
import { checkRollout } from '../rollout/check-rollout.ts';
import { gatesOfWave } from '../rollout/gates-of-wave.ts';
import type { ApprovalStore, Rollout } from '../rollout/rollout.ts';
import { createRolloutRecord } from '../rollout/rollout-record.ts';
import { firstWave, laterWave } from '../rollout/wave-facts.ts';
import type { RenderReport } from '../run/finished-run.ts';
import { listLateWave } from '../run/late-wave.ts';
import { reachedVersion } from '../run/reached.ts';
import type { RunRecord, RunState, RunStore } from '../run-store.ts';
import type { ActiveRun, AskWatch } from './active-run.ts';
import { finishRun } from './finish-run.ts';
import { holdWave } from './hold-wave.ts';
import { createReachedRecorder } from './reached-recorder.ts';
import { runBackfills } from './run-backfills.ts';
import { isWithoutLateWave, runWave } from './run-wave.ts';
import { createTally } from './tally.ts';
import { tellRunEnd, tellWaveDone } from './tell-run.ts';
import { createTroubles } from './troubles.ts';
import { CENTRAL_RETRY, tryAgain } from './try-again.ts';
import { watchWave } from './watch-wave.ts';

/** The run to be done. */
export interface FanOut {
  /** A run id that was never used before. */
  readonly id: string;
  readonly request: RunRequest;
  /** All migrations; `request.to` is applied to it. */
  readonly bundle: Bundle;
}

export interface FanOutDependencies {
  readonly directory: TenantDirectory;
  readonly store: RunStore & ApprovalStore;
  /** Wishes of others for the run. Default: there are none. */
  readonly controls?: Pick<ControlStore, 'readControl'> | undefined;
  /** Asks whether everything that a request watches is well. Default: it cannot be asked, so it is not well. */
  readonly askWatch?: AskWatch | undefined;
  /** Reads the statements that a tenant's server has counted. Default: they cannot be read. */
  readonly readDigests?: ReadTenantDigests | undefined;
  readonly attemptTenant: AttemptTenant;
  /** Asks the server of a tenant how busy it is. Default: it cannot be asked. */
  readonly readLoad?: ReadServerLoad | undefined;
  readonly report: Reporter;
  readonly renderReport: RenderReport;
  readonly clock: Clock;
  /** Numbers from 0 to below 1, such as `Math.random`. */
  readonly random: () => number;
  /** The policy by which transient failures are retried within a round. */
  readonly retry?: RetryPolicy | undefined;
  /** Receivers of notifications about changes of the run's standing. Default: none. A plan sends none. */
  readonly channels?: readonly NotificationChannel[] | undefined;
}

/** The result of a run. */
export interface RunResult {
  readonly runId: string;
  readonly summary: Summary;
  readonly state: RunState;
  /** The place where the run store keeps the run, for people. */
  readonly location: string;
  /** A failure of the run store or the central database, in the middle of the run or at its end. */
  readonly error?: Error | undefined;
}

/**
 * Runs a whole fan-out in this process: list, migrate in parallel, reduce. Failed tenants are data.
 *
 * Rejects only before the first tenant is touched: if the request is wrong, the central database
 * cannot be listed or the run store cannot be written. A later failure stops the run; the results
 * so far are returned with the error. Aborting `signal` finishes running tenants and starts no more.
 */
export async function runFanOut(
  fanOut: FanOut,
  dependencies: FanOutDependencies,
  signal?: AbortSignal,
): Promise<RunResult> {
  const { id, request } = fanOut;
  const { directory, store, clock } = dependencies;
  const bundle = requestedBundle(fanOut.bundle, request);
  const startedAt = clock.now();
  checkRollout(request, { runsOn: 'process', now: startedAt });
  const earlier =
    request.retryOf === undefined ? undefined : await store.readRollout(request.retryOf);
  const record: RunRecord = {
    id,
    request,
    bundleHash: bundle.hash,
    startedAt: new Date(startedAt).toISOString(),
  };
  const waves = [...(await listRun(record, { directory, store })).waves];

  // Before anything is changed: a watch that sees nothing must not be relied on.
  const { readDigests } = dependencies;
  const digests = await watchWave({ record, waves, store, directory, readDigests }, 1);

  const troubles = createTroubles();
  const emit: Reporter = (event) => troubles.keepSync(() => dependencies.report(event));
  const total = waves.reduce((sum, wave) => sum + wave.size, 0);
  const { command, rollback, retryOf } = request;
  const bundleHash = bundle.hash;
  emit({
    type: 'run-started',
    runId: id,
    command,
    ...(rollback === true && { rollback }),
    total,
    waves: waves.length,
    bundleHash,
    retryOf,
  });
  const warn = (note: Note) => emit({ type: 'warning', runId: id, note });
  const teller = createTeller(
    { runId: id, command: command === 'rollback' ? 'rollback' : 'migrate' },
    { channels: command === 'plan' ? [] : (dependencies.channels ?? []), clock, warn },
  );
  void teller.tell({ change: 'started', total, waves: waves.length, retryOf });

  const stop = createStopSwitch((why) => emit({ type: 'run-stopping', runId: id, ...why }));
  const { schemaVersion, isCut } = reachedVersion(request, bundleHash);
  const recorder = createReachedRecorder({
    directory,
    reached: { schemaVersion, runId: id },
    isCut,
    now: clock.now,
    warn,
  });
  const warned = new Set<string>();
  const { controls } = dependencies;
  const control =
    controls === undefined ? NO_CONTROL : watchControl(controls, id, { clock, stop: stop.signal });
  const paceOptions: ActiveRun['paceOptions'] = {
    now: clock.now,
    readLoad: dependencies.readLoad,
    throttle: throttleOf(control),
    onChange: (pace) => emit({ type: 'pace-changed', runId: id, ...pace }),
  };
  const run: ActiveRun = {
    record,
    bundle,
    waves,
    tolerated: toleratedFailures(request, total),
    directory,
    store,
    rollout: createRolloutRecord(store, id),
    askWatch: dependencies.askWatch ?? cannotLook,
    readDigests: dependencies.readDigests,
    digests,
    attemptTenant: dependencies.attemptTenant,
    recorder,
    clock,
    random: dependencies.random,
    retry: dependencies.retry ?? DEFAULT_RETRY,
    pace: paceOfRequest(passOfRun(request, 'first').request, paceOptions),
    paceOptions,
    control,
    health: createHostHealth(({ code, message }) => warn({ code, message })),
    stop,
    tally: createTally(),
    teller,
    emit,
    warnOnce(note) {
      if (warned.has(note.message)) return;
      warned.add(note.message);
      warn(note);
    },
    stopOnError: (work) =>
      troubles.keep(work, ({ message }) => stop.stop({ reason: 'error', message })),
  };
  const wavesEntered = await usingSignal(signal, stop, async () => {
    const entered = await runWaves(run, earlier);
    await runBackfills(run);
    return entered;
  }).finally(() => run.control.end());

  const { summary, state } = await finishRun(
    {
      ...{ record, waves, wavesEntered, rollout: run.rollout.now },
      ...{ pace: run.pace.standing, stopped: stop.stopped, notRecorded: recorder.missed },
    },
    { store, renderReport: dependencies.renderReport, clock, attempt: troubles.keep },
  );
  const location = store.location(id);
  await tellRunEnd(teller, { runId: id, summary, state, location });
  const durationMs = clock.now() - startedAt;
  emit({ type: 'run-finished', runId: id, summary, durationMs, location });
  return { runId: id, summary, state, location, error: troubles.first };
}

/** The number of tenants at a time that somebody has set. */
function throttleOf(control: ControlWatch): Throttle {
  return {
    get atATime() {
      return control.now.maxConcurrency;
    },
    onChange: (listener) => control.onChange(listener),
  };
}

const NO_CONTROL: ControlWatch = {
  now: { isPaused: false },
  first: Promise.resolve(),
  problem: undefined,
  resumed: async () => {},
  onChange: () => () => {},
  end: () => {},
};

const cannotLook: AskWatch = async () => ({
  isWell: false,
  message: 'This program runs no commands, so nobody knows whether all is well.',
});

/** Goes through the waves until one of them ends the run; returns how many were entered. */
async function runWaves(run: ActiveRun, earlier: Rollout | undefined): Promise<number> {
  const { record, waves, store, stop } = run;
  for (let wave = 1; wave <= waves.length; wave += 1) {
    const facts = wave === 1 ? firstWave(earlier) : laterWave(wave, waves);
    const gates = gatesOfWave(record.request, facts);
    if (gates !== undefined) await run.stopOnError(() => holdWave(run, wave, gates));
    if (stop.stopped !== undefined) return wave - 1;
    if (wave > 1) await run.stopOnError(() => watchNext(run, wave));
    if (stop.stopped !== undefined) return wave - 1;
    await run.stopOnError(() =>
      store.writeState(record.id, { status: 'running', waves, wavesEntered: wave }),
    );
    if (stop.stopped !== undefined) return wave - 1;
    if ((await runWave(run, wave)) !== 'wave') return wave;
    await tellWaveDone(run, wave);
    if (wave === waves.length && isWithoutLateWave(run)) await addLateWave(run);
  }
  return waves.length;
}

/** Ends the watch of the wave before, with a warning if it saw too little, and begins that of this wave. */
async function watchNext(run: ActiveRun, wave: number): Promise<void> {
  const note = run.digests?.conclude();
  if (note !== undefined) run.emit({ type: 'warning', runId: run.record.id, note });
  run.digests = await watchWave(run, wave);
}

/** Lists once more, because tenants may have become `ACTIVE` while the others were migrated. */
async function addLateWave(run: ActiveRun): Promise<void> {
  const { record, waves, directory, store, clock, random, stop } = run;
  const late = await run.stopOnError(() =>
    tryAgain(() => listLateWave(record, waves, { directory, store }), {
      retry: CENTRAL_RETRY,
      clock,
      random,
      stop: stop.signal,
    }),
  );
  if (late === undefined) return;
  waves.push(late);
  run.emit({ type: 'tenants-added', runId: record.id, total: late.size });
}

async function usingSignal<Result>(
  signal: AbortSignal | undefined,
  stop: StopSwitch,
  work: () => Promise<Result>,
): Promise<Result> {
  const interrupt = () => stop.stop({ reason: 'interrupted', message: 'The run was interrupted.' });
  if (signal?.aborted === true) interrupt();
  signal?.addEventListener('abort', interrupt, { once: true });
  try {
    return await work();
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
}
