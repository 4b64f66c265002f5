import type { Outcome } from '../outcome.ts';
import type { RunStore, Wave } from '../ports.ts';
import { createBitSet } from './bit-set.ts';

/**
 * The last outcome of every tenant that has one, wave by wave. A wave's newest round is read first
 * and one bit a tenant says who was seen there, so that no fleet is too large.
 */
export async function* lastOutcomes(
  store: Pick<RunStore, 'listRounds' | 'readOutcomes'>,
  runId: string,
  waves: readonly Wave[],
): AsyncGenerator<Outcome, void, undefined> {
  const rounds = await store.listRounds(runId);
  for (const [index, { size }] of waves.entries()) {
    const seen = createBitSet(size);
    const newestFirst = rounds
      .filter(({ wave }) => wave === index + 1)
      .sort((a, b) => b.round - a.round);
    for (const { wave, round } of newestFirst) {
      for await (const outcome of store.readOutcomes(runId, wave, round)) {
        if (seen.add(outcome.position)) yield outcome;
      }
    }
  }
}
