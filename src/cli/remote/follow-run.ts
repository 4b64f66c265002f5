import { FanfoldError } from '../../core/errors.ts';
import type { Clock, RunRecord, RunState } from '../../core/ports.ts';
import type { RemoteRound, RemoteRun, RemoteRuns } from '../../core/remote-runs.ts';
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
  /** Whether AWS tells of what was last asked of the run. Default: it does once the run is there. */
  readonly isSeen?: ((run: RemoteRun) => boolean) | undefined;
  /** Aborted: following ends, and the run goes on. */
  readonly signal: AbortSignal;
}

/**
 * Each of the four calls of a look is made at most once a second, and the less often the longer the
 * run goes on: its end is noticed within a thirtieth of its time, and within 10 s at most.
 */
const SHORTEST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Tells of a run's waves, rounds and progress until it has ended or `signal` is aborted; returns it
 * as it then stands. What it came to is not told here.
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
      // Who may only start runs may see how they end, and that is what counts.
      if (!isDenied(error)) throw error;
      mayLook = false;
      const message = `The progress of the run cannot be shown, only its end: ${error.message}`;
      report({ type: 'warning', runId, note: { code: error.code, message } });
    }
  };
  const patience = {
    clock,
    signal,
    warn: ({ code, message }: FanfoldError) =>
      report({ type: 'warning', runId, note: { code, message: `${message} Still trying.` } }),
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

/** Looks how the run stands and tells what is new since it looked last. */
function teller(runId: string, { runs, store, report }: FollowOptions): () => Promise<void> {
  let started = false;
  let wavesTold = 0;
  let roundsTold = 0;
  let progress = '';
  let roundOfWave = 1;
  let startedLate = false;
  let lateTold = false;

  const tellStart = async (state: RunState) => {
    if (started) return;
    const record = await store.readRun(runId);
    const { hash = '' } = (await store.readBundle(runId)) ?? {};
    // Where following begins with them they are in the total already.
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
    const rounds = await runs.listRounds(runId);
    const [newest] = rounds;
    if (newest === undefined) return;
    const round = await runs.readRound(newest);
    // What is more than one round a wave is a further round over one of them; where following began
    // late it is not known which, and only the progress is told.
    const isFurther = roundsTold > 0 && rounds.length > roundsTold && newWaves === 0;
    roundsTold = rounds.length;
    if (isFurther) {
      roundOfWave += 1;
      const { total } = round.counts;
      report({ type: 'round-started', runId, wave, round: roundOfWave, total });
    }
    tellProgress(wave, round);
  };

  const tellProgress = (wave: number, { counts, maxConcurrency }: RemoteRound) => {
    const now = JSON.stringify([wave, counts, maxConcurrency]);
    if (now === progress || counts.total === 0) return;
    progress = now;
    report({ type: 'run-progress', runId, wave, counts, maxConcurrency });
  };

  return async () => {
    const state = await readStateIfListed(store, runId);
    if (state === undefined) return;
    await tellStart(state);
    const newWaves = tellWaves(state);
    await tellRound(wavesTold, newWaves);
  };
}

/** The state of a run, or nothing where it has not listed its tenants, or never came to it. */
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

const NOT_LISTED = new Set(['RunNotListed', 'RunUnknown']);

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
