import type { RoundMember } from '../migrate/candidate.ts';
import { isRetryable, isSuccess } from '../outcome.ts';
import type { RunStore, Wave } from '../ports.ts';
import { bitsOf, lastOutcomes } from '../reduce/last-outcomes.ts';
import { listedMembers } from '../run/listed-members.ts';
import type { StepRound } from '../wire/step-schemas.ts';

/**
 * Who takes part in a round. Those of a wave come in the order of its list; those that are done once
 * more come in that in which they were reported, with what became of them, and behind them those of
 * which nothing was heard.
 */
export async function* roundMembers(
  store: Pick<RunStore, 'readWave' | 'listRounds' | 'readOutcomes'>,
  runId: string,
  waves: readonly Pick<Wave, 'size'>[],
  { wave, members }: StepRound,
): AsyncGenerator<RoundMember, void, undefined> {
  switch (members) {
    case 'wave':
    case 'late':
      // An empty wave was never written.
      if (wave <= waves.length) yield* listedMembers(store, runId, wave);
      return;
    case 'retryable':
      yield* openMembers(store, runId, waves.slice(0, wave), true);
      return;
    case 'left':
      yield* openMembers(store, runId, waves.slice(0, wave), false);
  }
}

async function* openMembers(
  store: Pick<RunStore, 'readWave' | 'listRounds' | 'readOutcomes'>,
  runId: string,
  entered: readonly Pick<Wave, 'size'>[],
  onlyRetryable: boolean,
): AsyncGenerator<RoundMember, void, undefined> {
  const seen = bitsOf(entered);
  for await (const { outcome } of lastOutcomes(store, runId, seen)) {
    if (onlyRetryable ? !isRetryable(outcome) : isSuccess(outcome)) continue;
    const { tenant, wave, position } = outcome;
    yield { id: tenant.id, wave, position, before: outcome };
  }
  if (onlyRetryable) return;
  for (const [index, reported] of seen.entries()) {
    if (reported.size === entered[index]?.size) continue;
    for await (const member of listedMembers(store, runId, index + 1)) {
      if (!reported.has(member.position)) yield member;
    }
  }
}
