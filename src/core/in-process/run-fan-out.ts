import type { Bundle } from '../bundle/bundle.ts';
import { requestedBundle } from '../bundle/requested-bundle.ts';
import type { Reporter } from '../events.ts';
import { listRun } from '../list/list-run.ts';
import { toleratedFailures } from '../list/tolerated-failures.ts';
import type { AttemptTenant } from '../migrate/attempt.ts';
import { DEFAULT_RETRY, type RetryPolicy } from '../migrate/full-jitter.ts';
import { createHostHealth } from '../migrate/host-health.ts';
import type { Clock, RunRecord, RunState, RunStore, TenantDirectory } from '../ports.ts';
import type { Summary } from '../reduce/summary.ts';
import type { RunRequest } from '../request.ts';
import type { RenderReport } from '../run/finished-run.ts';
import { listLateWave } from '../run/late-wave.ts';
import { reachedVersion } from '../run/reached.ts';
import { createStopSwitch, type StopSwitch } from '../stop-switch.ts';
import type { ActiveRun } from './active-run.ts';
import { finishRun } from './finish-run.ts';
import { createReachedRecorder } from './reached-recorder.ts';
import { isWithoutLateWave, runWave } from './run-wave.ts';
import { createTally } from './tally.ts';
import { createTroubles } from './troubles.ts';
import { CENTRAL_RETRY, tryAgain } from './try-again.ts';

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
  readonly store: RunStore;
  readonly attemptTenant: AttemptTenant;
  readonly report: Reporter;
  readonly renderReport: RenderReport;
  readonly clock: Clock;
  /** Numbers from 0 to below 1, such as `Math.random`. */
  readonly random: () => number;
  /** The policy by which transient failures are retried within a round. */
  readonly retry?: RetryPolicy | undefined;
}

/** The result of a run. */
export interface RunResult {
  readonly runId: string;
  readonly summary: Summary;
  readonly state: RunState;
  /** The place where the run store keeps the run, for people. */
  readonly location: string;
  /** A failure of something other than tenants: the run store or the central database, in the middle or at the end. */
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
  const record: RunRecord = {
    id,
    request,
    bundleHash: bundle.hash,
    startedAt: new Date(startedAt).toISOString(),
  };
  const waves = [...(await listRun(record, { directory, store })).waves];

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

  const stop = createStopSwitch((why) => emit({ type: 'run-stopping', runId: id, ...why }));
  const { schemaVersion, isCut } = reachedVersion(request, bundleHash);
  const recorder = createReachedRecorder({
    directory,
    reached: { schemaVersion, runId: id },
    isCut,
    now: clock.now,
    warn: (note) => emit({ type: 'warning', runId: id, note }),
  });
  const run: ActiveRun = {
    record,
    bundle,
    waves,
    tolerated: toleratedFailures(request, total),
    directory,
    store,
    attemptTenant: dependencies.attemptTenant,
    recorder,
    clock,
    random: dependencies.random,
    retry: dependencies.retry ?? DEFAULT_RETRY,
    health: createHostHealth(({ code, message }) =>
      emit({ type: 'warning', runId: id, note: { code, message } }),
    ),
    stop,
    tally: createTally(),
    emit,
    stopOnError: (work) =>
      troubles.keep(work, ({ message }) => stop.stop({ reason: 'error', message })),
  };
  const wavesEntered = await usingSignal(signal, stop, () => runWaves(run));

  const { summary, state } = await finishRun(
    { record, waves, wavesEntered, stopped: stop.stopped, notRecorded: recorder.missed },
    { store, renderReport: dependencies.renderReport, clock, attempt: troubles.keep },
  );
  const location = store.location(id);
  const durationMs = clock.now() - startedAt;
  emit({ type: 'run-finished', runId: id, summary, durationMs, location });
  return { runId: id, summary, state, location, error: troubles.first };
}

/** Goes through the waves until one of them ends the run; returns how many were entered. */
async function runWaves(run: ActiveRun): Promise<number> {
  const { record, waves, store, stop } = run;
  for (let wave = 1; wave <= waves.length; wave += 1) {
    await run.stopOnError(() =>
      store.writeState(record.id, { status: 'running', waves, wavesEntered: wave }),
    );
    if (stop.stopped !== undefined) return wave - 1;
    if ((await runWave(run, wave)) !== 'wave') return wave;
    if (wave === waves.length && isWithoutLateWave(run)) await addLateWave(run);
  }
  return waves.length;
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
