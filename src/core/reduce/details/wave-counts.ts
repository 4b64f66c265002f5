import type { Outcome } from '../../outcome.ts';
import { type KindTally, kindOfOutcome, noKinds } from './outcome-kind.ts';
import type { WaveCount } from './run-details.ts';

/** Counts tenants by wave, and when each began and ended. */
export interface WaveCounts {
  /** `finishedAt` in milliseconds since 1970, if it is known. */
  add(outcome: Outcome, finishedAt: number | undefined): void;
  result(): WaveCount[];
}

export function createWaveCounts(): WaveCounts {
  const waves = new Map<number, { counts: KindTally; from: number; to: number }>();
  return {
    add(outcome, finishedAt) {
      const { wave, durationMs } = outcome;
      let counting = waves.get(wave);
      if (counting === undefined) {
        counting = {
          counts: noKinds(),
          from: Number.POSITIVE_INFINITY,
          to: Number.NEGATIVE_INFINITY,
        };
        waves.set(wave, counting);
      }
      counting.counts[kindOfOutcome(outcome)] += 1;
      if (finishedAt === undefined) return;
      counting.from = Math.min(counting.from, finishedAt - durationMs);
      counting.to = Math.max(counting.to, finishedAt);
    },
    result: () =>
      [...waves]
        .sort(([a], [b]) => a - b)
        .map(([wave, { counts, from, to }]) => ({
          wave,
          counts,
          ...(from <= to && { from: new Date(from).toISOString(), to: new Date(to).toISOString() }),
        })),
  };
}
