import { isSuccess } from '../outcome.ts';
import type { RunStore, Wave } from '../ports.ts';
import { addOutcome, emptySummary } from './add-outcome.ts';
import { createBitSet } from './bit-set.ts';
import { lastOutcomes } from './last-outcomes.ts';
import type { Summary } from './summary.ts';

/** Tenants that a run leaves to a retry: all that it listed, less those that it proved done. */
export interface LeftOfRun {
  readonly count: number;
  /** Their ids in the order of the lists; may be read more than once. */
  ids(): AsyncIterable<string>;
}

/** What the stored outcomes of a run come to. */
export interface ReducedRun {
  /** Listed tenants of which nothing was heard are in `total` and in none of the counts. */
  readonly summary: Summary;
  readonly left: LeftOfRun;
}

/** Reads the outcomes of a run once, each tenant with its last one. Works on unfinished runs too. */
export async function reduceRun(
  store: Pick<RunStore, 'listRounds' | 'readOutcomes' | 'readWave'>,
  runId: string,
  waves: readonly Wave[],
): Promise<ReducedRun> {
  const total = waves.reduce((sum, wave) => sum + wave.size, 0);
  const done = waves.map((wave) => createBitSet(wave.size));
  let summary = emptySummary(total);
  for await (const outcome of lastOutcomes(store, runId, waves)) {
    summary = addOutcome(summary, outcome);
    if (isSuccess(outcome)) done[outcome.wave - 1]?.add(outcome.position);
  }

  async function* ids(): AsyncGenerator<string, void, undefined> {
    for (const [index, doneInWave] of done.entries()) {
      let position = 0;
      for await (const id of store.readWave(runId, index + 1)) {
        if (!doneInWave.has(position)) yield id;
        position += 1;
      }
    }
  }
  const count = done.reduce((left, doneInWave) => left - doneInWave.size, total);
  return { summary, left: { count, ids } };
}
