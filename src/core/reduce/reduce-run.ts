import { leavesBackfills } from '../backfill/pass-of-run.ts';
import { isOpen, isRetryable, isSuccess, type Outcome } from '../outcome.ts';
import type { RoundRef, RunStore, Wave } from '../run-store.ts';
import { addOutcome, emptySummary } from './add-outcome.ts';
import { bitsOf, lastOutcomes } from './last-outcomes.ts';
import type { Summary } from './summary.ts';
import type { WaveStanding } from './wave-standing.ts';
import { wholeOutcomes } from './whole-outcomes.ts';

/** Tenants that a run leaves to a retry: all that it listed, less those that it proved done. */
export interface LeftOfRun {
  readonly count: number;
  /** Their ids in the order of the lists; may be read more than once. */
  ids(): AsyncIterable<string>;
}

/** The fold of the stored outcomes of a run. */
export interface ReducedRun {
  /** Listed tenants without a stored outcome are in `total` and in none of the counts. */
  readonly summary: Summary;
  /** The summary of the last outcomes that are of the given round. */
  readonly ofRound: Summary;
  /** One for each wave, in order. */
  readonly waves: readonly WaveStanding[];
  readonly left: LeftOfRun;
}

/**
 * Reads the outcomes of a run once, each tenant with its last one. Works on unfinished runs too.
 *
 * @param round the round to sum up by itself, if any
 * @param observe is called with each tenant's last outcome, for details beyond the summary
 */
export async function reduceRun(
  store: Pick<RunStore, 'listRounds' | 'readOutcomes' | 'readRest' | 'readWave'>,
  runId: string,
  waves: readonly Pick<Wave, 'size'>[],
  round?: RoundRef,
  observe: (outcome: Outcome) => void = () => {},
): Promise<ReducedRun> {
  const total = waves.reduce((sum, wave) => sum + wave.size, 0);
  const seen = bitsOf(waves);
  const done = bitsOf(waves);
  const counts = waves.map(() => ({ settled: 0, failed: 0, retryable: 0, waiting: 0 }));
  let summary = emptySummary(total);
  let ofRound = emptySummary(0);
  const outcomes = wholeOutcomes(store, runId, lastOutcomes(store, runId, seen));
  for await (const { outcome, round: from } of outcomes) {
    summary = addOutcome(summary, outcome);
    observe(outcome);
    if (from.wave === round?.wave && from.round === round.round) {
      ofRound = addOutcome({ ...ofRound, total: ofRound.total + 1 }, outcome);
    }
    if (isSuccess(outcome)) done[outcome.wave - 1]?.add(outcome.position);
    const count = counts[outcome.wave - 1];
    if (count === undefined) continue;
    if (!isOpen(outcome)) count.settled += 1;
    if (outcome.status === 'failed' || outcome.status === 'unknown') count.failed += 1;
    if (isRetryable(outcome)) count.retryable += 1;
    if (isSuccess(outcome) && leavesBackfills(outcome)) count.waiting += 1;
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
  return {
    summary,
    ofRound,
    waves: counts.map(({ waiting, ...count }, index) => ({
      size: waves[index]?.size ?? 0,
      reported: seen[index]?.size ?? 0,
      ...count,
      ...(waiting > 0 && { waiting }),
    })),
    left: { count: done.reduce((left, { size }) => left - size, total), ids },
  };
}
