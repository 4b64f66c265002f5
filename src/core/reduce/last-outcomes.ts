import type { Outcome } from '../outcome.ts';
import type { RoundRef, RunStore, Wave } from '../run-store.ts';
import { type BitSet, createBitSet } from './bit-set.ts';

/** The last outcome of a tenant, and the round that it is of. */
export interface LastOutcome {
  readonly outcome: Outcome;
  readonly round: RoundRef;
}

/** One bit for each listed tenant, by wave and position. */
export function bitsOf(waves: readonly Pick<Wave, 'size'>[]): BitSet[] {
  return waves.map(({ size }) => createBitSet(size));
}

/**
 * The last outcome of every tenant that has one, the newest round first. A round may go over tenants of
 * earlier waves, whose outcomes keep their own wave. One bit for each tenant records that it was `seen`, so
 * that no fleet is too large; the caller may read the bits at the end.
 */
export async function* lastOutcomes(
  store: Pick<RunStore, 'listRounds' | 'readOutcomes'>,
  runId: string,
  seen: readonly BitSet[],
): AsyncGenerator<LastOutcome, void, undefined> {
  const newestFirst = (await store.listRounds(runId)).sort(
    (a, b) => b.wave - a.wave || b.round - a.round,
  );
  for (const round of newestFirst) {
    for await (const outcome of store.readOutcomes(runId, round.wave, round.round)) {
      if (isNotReached(outcome) && round.round > 1) continue;
      if (seen[outcome.wave - 1]?.add(outcome.position) === true) yield { outcome, round };
    }
  }
}

/** A later round that did not reach a tenant does not replace its earlier outcome. */
function isNotReached(outcome: Outcome): boolean {
  return outcome.status === 'skipped' && outcome.cause === 'stopped';
}
