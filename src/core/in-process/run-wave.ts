import { isUnheard } from '../migrate/host-health.ts';
import { isRetryable } from '../outcome.ts';
import { decideNextMove, type NextMove } from '../run/decide-next-move.ts';
import { listsLateTenants } from '../run/late-wave.ts';
import { canaryFailed } from '../run/why-stopped.ts';
import type { ActiveRun } from './active-run.ts';
import { runRound } from './run-round.ts';
import { createTally, type Tally } from './tally.ts';

/**
 * Goes through one wave, with its automatic rounds, and returns what follows it. If hosts went down meanwhile,
 * each is probed once more at the end: one of its tenants goes first, and if it fails as well, the others
 * stay as they are. An automatic round does the same.
 */
export async function runWave(run: ActiveRun, wave: number): Promise<NextMove> {
  const { record, waves, stop, emit } = run;
  const { size = 0, canary = false } = waves[wave - 1] ?? {};
  emit({ type: 'wave-started', runId: record.id, wave, total: size, canary });
  const tally = createTally();
  let automatic = 0;
  let looked = false;
  await runRound(run, { wave, round: 1 }, tally);
  for (let round = 2; ; round += 1) {
    const move = decideNextMove({
      stopped: stop.stopped !== undefined,
      resumed: false,
      canaryFailed: canary && tally.failed > 0,
      retryable: tally.retryable,
      roundsLeft: record.request.automaticRetries - automatic,
      // The tenants that became ACTIVE meanwhile would be a separate wave.
      wavesLeft: waves.length - wave + (isWithoutLateWave(run) ? 1 : 0),
      open: run.tally.failed,
    });
    const isAutomatic = move === 'round';
    if (!isAutomatic) {
      // Once a wave: a host that is down again after that stays so.
      const isDue = automatic === 0 || run.health.wentDown;
      const looks = !looked && isDue && run.health.isAnyDown && tally.unheard > 0;
      if (move === 'stopped' || !looks) return ended(run, move, { wave, size, tally });
      looked = true;
    }
    automatic += isAutomatic ? 1 : 0;
    run.health.lookAgain();
    const next = { wave, round, total: isAutomatic ? tally.retryable : tally.unheard };
    const hostsDown = isAutomatic ? undefined : true;
    emit({ type: 'round-started', runId: record.id, ...next, hostsDown });
    await runRound(run, { wave, round }, tally, isAutomatic ? isRetryable : isUnheard);
  }
}

function ended(
  { waves, stop }: ActiveRun,
  move: NextMove,
  { wave, size, tally }: { wave: number; size: number; tally: Tally },
): NextMove {
  if (move === 'canary' && wave < waves.length) stop.stop(canaryFailed(tally.failed, size));
  return move;
}

/** Whether the run is still to list once more. */
export function isWithoutLateWave({ record, waves }: Pick<ActiveRun, 'record' | 'waves'>): boolean {
  return listsLateTenants(record.request) && waves.at(-1)?.late !== true;
}
