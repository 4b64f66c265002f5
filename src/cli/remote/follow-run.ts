import { takesBackfills } from '../../core/backfill/pass-of-run.ts';
import type { ErrorCode } from '../../core/error-codes.ts';
import { FanfoldError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import type { RemoteRound, RemoteRun, RemoteRuns } from '../../core/remote/remote-runs.ts';
import type { RunRequest } from '../../core/request.ts';
import { mayHold } from '../../core/rollout/gates-of-wave.ts';
import { NEVER_HELD } from '../../core/rollout/rollout.ts';
import type { RunRecord, RunState } from '../../core/run-store.ts';
import { isDenied } from './is-denied.ts';
import { patiently } from './patience.ts';
import type { RemoteReporter } from './remote-event.ts';
import type { RemoteRunStore } from './remote-run-store.ts';
import { seenRun } from './seen-run.ts';

export interface FollowOptions {
  readonly runs: RemoteRuns;
  readonly store: RemoteRunStore;
  readonly clock: Clock;
  readonly report: RemoteReporter;
  /** Whether AWS shows the effect of the last request. Default: as soon as the run exists. */
  readonly isSeen?: ((run: RemoteRun) => boolean) | undefined;
  /** Looks at the backfills of the fleet if it is time to, without being waited for. */
  readonly lookAtBackfills?: ((request: RunRequest) => void) | undefined;
  /** Aborting it ends the following; the run continues. */
  readonly signal: AbortSignal;
}

/**
 * A poll makes four calls, and five while tenants are asked what they have to do or shapes are read. It happens at
 * most once a second, and less often the longer the run takes: the end is noticed within a thirtieth of the elapsed time, and within 10 s at most.
 */
const SHORTEST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Reports the waves, rounds and progress of a run until it ends or `signal` is aborted, and returns its last
 * state. Its result is not reported here.
 */
export async function followRun(runId: string, options: FollowOptions): Promise<RemoteRun> {
  const { runs, clock, signal, report, isSeen = () => true } = options;
  const began = clock.now();
  const look = teller(runId, options);
  let mayLook = true;
  const tell = async () => {
    try {
      if (mayLook) await look();
    } catch (error) {
      // Somebody who may only start runs can still see how they end, which matters most.
      if (!isDenied(error)) throw error;
      mayLook = false;
      const message = `Only the end of the run can be shown, not its progress: ${error.message}`;
      report({ type: 'warning', runId, note: { code: error.code, message } });
    }
  };
  const patience = {
    clock,
    signal,
    warn: ({ code, message }: FanfoldError) =>
      report({ type: 'warning', runId, note: { code, message: `${message} Retrying.` } }),
  };
  await patiently(() => seenRun(runId, options, isSeen), patience);
  for (;;) {
    const run = await patiently(async () => {
      const read = await runs.read(runId);
      await tell();
      return read;
    }, patience);
    if (!isUnderWay(run) || signal.aborted) return run;
    const pause = (clock.now() - began) / 30;
    await clock.sleep(Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, pause)), signal);
  }
}

/** Whether a run has not ended. */
export function isUnderWay({ status }: RemoteRun): boolean {
  return status === 'RUNNING' || status === 'PENDING_REDRIVE';
}

/** A step that goes through the tenants in batches and migrates none. */
type BatchStep = 'asking' | 'readingShapes';

/** Returns the function that polls the run and reports what is new. */
function teller(
  runId: string,
  { runs, store, report, lookAtBackfills }: FollowOptions,
): () => Promise<void> {
  let started = false;
  let wavesTold = 0;
  let roundsTold = 0;
  const batches = { asking: { over: 0, isTold: false }, readingShapes: { over: 0, isTold: false } };
  let awaitsRound = false;
  let progress = '';
  let roundOfWave = 1;
  let startedLate = false;
  let lateTold = false;
  let request: RunRequest | undefined;

  const tellStart = async (state: RunState) => {
    if (started) return;
    const record = await store.readRun(runId);
    request = record.request;
    const { hash = '' } = (await store.readBundle(runId)) ?? {};
    // If following begins after they were added, the total already includes them.
    startedLate = state.waves.at(-1)?.late === true;
    report(runStarted(record, state, hash));
    for (const note of record.notes ?? []) report({ type: 'warning', runId, note });
    started = true;
  };

  const tellWaves = ({ waves, wavesEntered }: RunState): number => {
    const before = wavesTold;
    const late = waves.at(-1);
    if (late?.late === true && !lateTold) {
      lateTold = true;
      if (!startedLate) report({ type: 'tenants-added', runId, total: late.size });
    }
    for (; wavesTold < wavesEntered; wavesTold += 1) {
      const { size = 0, canary = false } = waves[wavesTold] ?? {};
      report({ type: 'wave-started', runId, wave: wavesTold + 1, total: size, canary });
      roundOfWave = 1;
    }
    return wavesTold - before;
  };

  const tellRound = async (wave: number, newWaves: number) => {
    const { rounds, probes, shapes } = await runs.listMapRuns(runId);
    // Shapes are read before the first wave is entered.
    const isReading = await tellBatches(Math.max(1, wave), shapes, 'readingShapes');
    const isAsking = (await tellBatches(wave, probes, 'asking')) || isReading;
    const [newest] = rounds;
    const isNew = rounds.length > roundsTold;
    awaitsRound ||= newWaves > 0;
    // Until the Map Run of a wave begins, the newest one is that of an earlier wave.
    if (newest === undefined || isAsking || (awaitsRound && !isNew)) return;
    const round = await runs.readRound(newest);
    // A round beyond the first of its wave is a retry. If following began late, its number is unknown
    // and only the progress is reported.
    const isFurther = roundsTold > 0 && isNew && !awaitsRound;
    awaitsRound = false;
    roundsTold = rounds.length;
    if (isFurther) {
      roundOfWave += 1;
      const { total } = round.counts;
      report({ type: 'round-started', runId, wave, round: roundOfWave, total });
    }
    tellProgress(wave, round);
  };

  /**
   * A Map Run over batches is read until it has ended; one that had ended before the following began is not news.
   * Returns whether it is under way.
   */
  const tellBatches = async (
    wave: number,
    ids: readonly string[],
    step: BatchStep,
  ): Promise<boolean> => {
    const told = batches[step];
    const [newest] = ids;
    if (newest === undefined || ids.length === told.over) return false;
    const batch = await runs.readRound(newest);
    const isRunning = batch.status === 'RUNNING';
    if (isRunning || told.isTold) tellProgress(wave, batch, step);
    told.isTold = isRunning;
    if (!isRunning) told.over = ids.length;
    return isRunning;
  };

  const tellProgress = (
    wave: number,
    { counts, maxConcurrency }: RemoteRound,
    step?: BatchStep,
  ) => {
    const now = JSON.stringify([wave, counts, maxConcurrency, step]);
    if (now === progress || counts.total === 0) return;
    progress = now;
    const facts = { runId, wave, counts, maxConcurrency };
    report({ type: 'run-progress', ...facts, ...(step && { [step]: true as const }) });
  };

  const tellHeld = tellerOfGates(runId, { store, report });

  return async () => {
    const state = await readStateIfListed(store, runId);
    await tellHeld();
    if (state === undefined) return;
    await tellStart(state);
    const newWaves = tellWaves(state);
    await tellRound(wavesTold, newWaves);
    if (request !== undefined && takesBackfills(request)) lookAtBackfills?.(request);
  };
}

/** Returns the function that reports a wave that is held, and decisions about it, if they are new. */
function tellerOfGates(
  runId: string,
  { store, report }: Pick<FollowOptions, 'store' | 'report'>,
): () => Promise<void> {
  let request: RunRequest | undefined;
  let told = '';
  let decisionsTold = 0;
  return async () => {
    request ??= await requestIfOpened(store, runId);
    // Most runs are never held, and need no further call.
    if (request === undefined || !mayHold(request)) return;
    const { decisions, held } = (await store.readRollout(runId)) ?? NEVER_HELD;
    for (const { wave, verdict, by, why } of decisions.slice(decisionsTold)) {
      report({ type: 'wave-decided', runId, wave, verdict, by, why });
    }
    decisionsTold = Math.max(decisionsTold, decisions.length);
    const now = held === undefined ? '' : `${held.wave} ${held.gate} ${held.until}`;
    if (held !== undefined && held.gate !== 'watch' && now !== told) {
      const { wave, gate, message, until } = held;
      report({ type: 'wave-held', runId, wave, gate, message, until });
    }
    told = now;
  };
}

/** `undefined` before OpenRun has kept the request. */
async function requestIfOpened(
  store: Pick<RemoteRunStore, 'readRun'>,
  runId: string,
): Promise<RunRequest | undefined> {
  try {
    return (await store.readRun(runId)).request;
  } catch (error) {
    if (error instanceof FanfoldError && NOT_LISTED.has(error.code)) return undefined;
    throw error;
  }
}

/** The state of a run; `undefined` if it has not listed its tenants, or never will. */
export async function readStateIfListed(
  store: Pick<RemoteRunStore, 'readState'>,
  runId: string,
): Promise<RunState | undefined> {
  try {
    return await store.readState(runId);
  } catch (error) {
    if (error instanceof FanfoldError && NOT_LISTED.has(error.code)) return undefined;
    throw error;
  }
}

const NOT_LISTED = new Set<ErrorCode>(['RunNotListed', 'RunUnknown']);

function runStarted({ id, request }: RunRecord, { waves }: RunState, bundleHash: string) {
  return {
    type: 'run-started',
    runId: id,
    command: request.command,
    ...(request.rollback === true && { rollback: request.rollback }),
    total: waves.reduce((sum, { size }) => sum + size, 0),
    waves: waves.length,
    bundleHash,
    retryOf: request.retryOf,
  } as const;
}
