import type { Ground } from './ground.ts';
import { type PointResult, type PointVerdict, runPoint, VERDICTS } from './run-point.ts';
import type { Strike } from './strike-proxy.ts';

/** One point to try. */
export interface Point {
  readonly ground: Ground;
  readonly strikes: readonly Strike[];
}

export type Tally = Record<PointVerdict, number>;

/** Tries points, so many at a time; calls `onResult` for each as it ends. */
export async function runPoints(
  points: Iterable<Point>,
  concurrency: number,
  onResult: (point: Point, result: PointResult) => void,
  options: { readonly processes?: boolean } = {},
): Promise<void> {
  const left = points[Symbol.iterator]();
  const work = async () => {
    for (let next = left.next(); !next.done; next = left.next()) {
      onResult(next.value, await runPoint(next.value.ground, next.value.strikes, options));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
}

export function emptyTally(): Tally {
  return Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Tally;
}

/** For example `right 12, gaps 1, labelled 0, wrong 0, stuck 0`. */
export function sayTally(tally: Tally): string {
  return VERDICTS.map((verdict) => `${verdict} ${tally[verdict]}`).join(', ');
}
