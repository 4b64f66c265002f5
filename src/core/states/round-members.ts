import { beforeBackfills, leavesBackfills, withoutBackfillsNote } from '../backfill/pass-of-run.ts';
import type { RoundMember } from '../migrate/candidate.ts';
import { isRetryable, isSuccess, type Outcome } from '../outcome.ts';
import { bitsOf, lastOutcomes } from '../reduce/last-outcomes.ts';
import { listedMembers } from '../run/listed-members.ts';
import type { RunStore, Wave } from '../run-store.ts';
import type { StepRound } from '../wire/step-data.ts';

/**
 * The members of a round. Those of a wave come in the order of its list; those that are attempted once
 * more come in the order of their reports, with their last outcomes, and after them those
 * that never reported.
 */
export async function* roundMembers(
  store: Pick<RunStore, 'readWave' | 'listRounds' | 'readOutcomes'>,
  runId: string,
  waves: readonly Pick<Wave, 'size'>[],
  { wave, members, retriesFrom, backfillsOf }: StepRound,
): AsyncGenerator<RoundMember, void, undefined> {
  switch (members) {
    case 'wave':
    case 'late':
      // An empty wave was never written.
      if (wave <= waves.length) yield* listedMembers(store, runId, wave);
      return;
    case 'retryable':
      yield* retryableMembers(store, runId, waves.slice(0, wave), retriesFrom);
      return;
    case 'left':
      yield* leftMembers(store, runId, waves.slice(0, wave));
      return;
    case 'backfills':
      yield* waitingMembers(store, runId, waves, backfillsOf);
  }
}

type Outcomes = Pick<RunStore, 'listRounds' | 'readOutcomes'>;

async function* retryableMembers(
  store: Outcomes,
  runId: string,
  entered: readonly Pick<Wave, 'size'>[],
  fromWave: number,
): AsyncGenerator<RoundMember, void, undefined> {
  for await (const { outcome } of lastOutcomes(store, runId, bitsOf(entered))) {
    if (isRetryable(outcome) && outcome.wave >= fromWave) yield memberOf(outcome);
  }
}

async function* leftMembers(
  store: Outcomes & Pick<RunStore, 'readWave'>,
  runId: string,
  entered: readonly Pick<Wave, 'size'>[],
): AsyncGenerator<RoundMember, void, undefined> {
  const seen = bitsOf(entered);
  for await (const { outcome } of lastOutcomes(store, runId, seen)) {
    if (!isSuccess(outcome)) yield memberOf(outcome);
  }
  for (const [index, reported] of seen.entries()) {
    if (reported.size === entered[index]?.size) continue;
    for await (const member of listedMembers(store, runId, index + 1)) {
      if (!reported.has(member.position)) yield member;
    }
  }
}

async function* waitingMembers(
  store: Outcomes,
  runId: string,
  waves: readonly Pick<Wave, 'size'>[],
  wave: number | undefined,
): AsyncGenerator<RoundMember, void, undefined> {
  for await (const { outcome } of lastOutcomes(store, runId, bitsOf(waves))) {
    if (outcome.wave !== wave || !isSuccess(outcome) || !leavesBackfills(outcome)) continue;
    yield memberOf(beforeBackfills(outcome));
  }
}

function memberOf(outcome: Outcome): RoundMember {
  const { tenant, wave, position } = outcome;
  return { id: tenant.id, wave, position, before: withoutBackfillsNote(outcome) };
}
