import { hasSecondPass } from '../backfill/pass-of-run.ts';
import type { RunStop } from '../events.ts';
import { toleratedInRun } from '../list/tolerated-failures.ts';
import { decideNextMove } from '../run/decide-next-move.ts';
import { listsLateTenants } from '../run/late-wave.ts';
import { canaryFailed, tooManyFailed } from '../run/why-stopped.ts';
import type { RunRecord, RunState } from '../run-store.ts';
import type { StepRound } from '../wire/step-data.ts';
import type { RoundSummary } from './step-ports.ts';

/** The facts after a round. */
export interface RoundEnd {
  readonly request: RunRecord['request'];
  /** As they were listed, late ones included. */
  readonly waves: RunState['waves'];
  readonly reduced: Pick<RoundSummary, 'round' | 'waves'>;
  /** Whether the Map was aborted because more tenants failed than its count allowed. */
  readonly breakerTripped: boolean;
  /** Whether the run was given up after this round, and the execution redriven since. */
  readonly resumed: boolean;
}

/** The next round, or the end; `stopped` if tenants were not started. */
export type NextRound =
  | { readonly next: StepRound }
  | { readonly next: 'done' }
  | { readonly next: 'failed'; readonly stopped?: RunStop | undefined };

/** Decides what follows a round. Pure: the same facts always lead to the same round. */
export function nextRound(end: RoundEnd): NextRound {
  const next = afterRound(end);
  // Failures within tolerance do not keep the others from their backfills.
  if (next.next !== 'done' && (next.next !== 'failed' || next.stopped !== undefined)) return next;
  return hasSecondPass(end.request) && !canaryHasFailed(end) ? (backfillsAfter(end) ?? next) : next;
}

/** The round over the next wave that waits for its backfills, once the schema of the whole fleet is changed. */
function backfillsAfter({ reduced }: RoundEnd): NextRound | undefined {
  const { round, waves } = reduced;
  const before = round.backfillsOf ?? 0;
  const index = waves.findIndex(({ waiting = 0 }, at) => at >= before && waiting > 0);
  if (index === -1) return undefined;
  return {
    next: {
      wave: round.wave,
      round: round.round + 1,
      members: 'backfills',
      automatic: 0,
      retriesFrom: index + 1,
      failedElsewhere: failedOf(waves),
      backfillsOf: index + 1,
    },
  };
}

function canaryHasFailed({ waves, reduced }: RoundEnd): boolean {
  return reduced.waves.some(
    ({ size, settled }, index) => waves[index]?.canary === true && size > settled,
  );
}

/** Tenants that count as failed: those that were not reported have not succeeded. */
function failedOf(waves: RoundEnd['reduced']['waves']): number {
  return waves.reduce((total, { size, reported, failed }) => total + failed + size - reported, 0);
}

/** The wave whose tenants the last round was about. */
function currentWave({ wave, backfillsOf }: StepRound): number {
  return backfillsOf ?? wave;
}

function afterRound(end: RoundEnd): NextRound {
  const { request, waves, breakerTripped, resumed } = end;
  const { round } = end.reduced;
  const { wave } = round;
  const entered = end.reduced.waves.slice(0, wave);
  const sum = (count: (standing: (typeof entered)[number]) => number) =>
    entered.reduce((total, standing) => total + count(standing), 0);
  const open = sum(({ size, settled }) => size - settled);
  const failed = failedOf(entered);
  const retryable = entered
    .slice(round.retriesFrom - 1)
    .reduce((total, standing) => total + standing.retryable, 0);

  const canary = entered.find(
    ({ size, settled }, index) => waves[index]?.canary === true && size > settled,
  );
  const tolerated = toleratedInRun(request, waves);
  const tooMany =
    tolerated !== undefined && failed > tolerated && waves[currentWave(round) - 1]?.canary !== true;
  const listed = waves.filter(({ late }) => late !== true).length;
  const wavesLeft =
    Math.max(0, listed - wave) + (wave <= listed && listsLateTenants(request) ? 1 : 0);

  const following = {
    wave,
    round: round.round + 1,
    automatic: 0,
    retriesFrom: 1,
    failedElsewhere: 0,
    ...(round.backfillsOf !== undefined && { backfillsOf: round.backfillsOf }),
  };
  switch (
    decideNextMove({
      resumed,
      stopped: breakerTripped || tooMany,
      canaryFailed: canary !== undefined,
      retryable,
      roundsLeft: request.automaticRetries - round.automatic,
      wavesLeft,
      open,
    })
  ) {
    case 'left':
      return { next: { ...following, members: 'left' } };
    case 'round':
      return {
        next: {
          ...following,
          members: 'retryable',
          automatic: round.automatic + 1,
          retriesFrom: round.retriesFrom,
          failedElsewhere: failed - retryable,
        },
      };
    case 'wave':
      return {
        next: {
          wave: wave + 1,
          round: 1,
          members: wave < listed ? 'wave' : 'late',
          automatic: 0,
          retriesFrom: wave + 1,
          failedElsewhere: failed,
        },
      };
    case 'stopped':
      return { next: 'failed', stopped: tooManyFailed(failed, tolerated ?? 0, breakerTripped) };
    case 'canary':
      return {
        next: 'failed',
        stopped:
          canary !== undefined && wave < listed
            ? canaryFailed(canary.size - canary.settled, canary.size)
            : undefined,
      };
    case 'failed':
      return { next: 'failed' };
    case 'done':
      return { next: 'done' };
  }
}
