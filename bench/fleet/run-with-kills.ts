import { setTimeout as sleep } from 'node:timers/promises';
import type { FleetProject } from './fleet-project.ts';
import { type Runner, startRunner } from './runner.ts';

/** How two runners went through a fleet while one of them was killed again and again. */
export interface KilledRuns {
  /** Until a runner had gone through the whole fleet, and found every tenant up to date. */
  readonly seconds: number;
  readonly kills: number;
  /** Runners that ended by themselves with failed tenants, and were started again. */
  readonly failures: number;
}

const RUNNERS = 2;
/** Runs that may end with failures before something else must be wrong. */
const MOST_FAILURES = 20;

/**
 * Runs two processes of the command over one fleet and kills one of them every `killEvery` seconds, in turn; what was
 * killed, or has ended with failures, is started again. Ends when a runner has succeeded, and the others have ended.
 */
export async function runWithKills(
  project: FleetProject,
  { killEvery, kills: most }: { readonly killEvery: number; readonly kills: number },
  signal: AbortSignal,
): Promise<KilledRuns> {
  const startedAt = performance.now();
  const over = new AbortController();
  const running: Runner[] = [];
  let kills = 0;
  let failures = 0;

  const keepRunning = async (place: number): Promise<void> => {
    while (!over.signal.aborted) {
      const runner = startRunner(project, signal);
      running[place] = runner;
      const { exitCode, output } = await runner.end;
      signal.throwIfAborted();
      if (exitCode === 0) return over.abort();
      if (exitCode === undefined) continue;
      failures += 1;
      if (exitCode !== 1 || failures > MOST_FAILURES) {
        over.abort();
        throw new Error(`A runner ended with ${exitCode}:\n${output}`);
      }
    }
  };

  const killInTurn = async (): Promise<void> => {
    for (let turn = 0; turn < most; turn += 1) {
      await sleep(killEvery * 1_000, undefined, { signal: over.signal }).catch(() => {});
      if (over.signal.aborted) return;
      running[turn % RUNNERS]?.kill();
      kills += 1;
    }
  };

  let seconds = 0;
  over.signal.addEventListener('abort', () => {
    seconds = (performance.now() - startedAt) / 1_000;
  });
  const runners = Array.from({ length: RUNNERS }, (_, place) => keepRunning(place));
  try {
    await Promise.all([...runners, killInTurn()]);
  } finally {
    over.abort();
    await Promise.allSettled(runners);
  }
  return { seconds, kills, failures };
}
