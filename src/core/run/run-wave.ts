import type { ActiveRun } from './active-run.ts';
import { listsLateTenants } from './late-wave.ts';
import { runRound } from './run-round.ts';
import { type Settlement, settleRun } from './settle-run.ts';
import { createTally } from './tally.ts';
import { canaryFailed } from './why-stopped.ts';

/** Goes through one wave, with its automatic rounds, and says what follows it. */
export async function runWave(run: ActiveRun, wave: number): Promise<Settlement> {
  const { record, waves, stop, emit } = run;
  const { size = 0, canary = false } = waves[wave - 1] ?? {};
  emit({ type: 'wave-started', runId: record.id, wave, total: size, canary });
  const tally = createTally();
  for (let round = 1; ; round += 1) {
    await runRound(run, { wave, round }, tally);
    const settlement = settleRun({
      stopped: stop.stopped !== undefined,
      resumed: false,
      canaryFailed: canary && tally.failed > 0,
      retryable: tally.retryable,
      roundsLeft: record.request.automaticRetries - (round - 1),
      // The tenants that became ACTIVE meanwhile would be a wave of their own.
      wavesLeft: waves.length - wave + (isWithoutLateWave(run) ? 1 : 0),
      open: run.tally.failed,
    });
    if (settlement === 'canary' && wave < waves.length) {
      stop.stop(canaryFailed(tally.failed, size));
    }
    if (settlement !== 'round') return settlement;
    const next = { wave, round: round + 1, total: tally.retryable };
    emit({ type: 'round-started', runId: record.id, ...next });
  }
}

/** Whether the run is still to list once more. */
export function isWithoutLateWave({ record, waves }: Pick<ActiveRun, 'record' | 'waves'>): boolean {
  return listsLateTenants(record.request) && waves.at(-1)?.late !== true;
}
