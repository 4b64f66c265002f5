import type { RunRequest } from '../request.ts';
import type { Wave } from '../run-store.ts';
import { shareOf } from './share-of.ts';

/**
 * The number of tenants that may fail before a run of `total` tenants stops; `undefined` if it continues
 * through all failures. If both limits are given, the stricter one counts.
 */
export function toleratedFailures(
  request: Pick<RunRequest, 'toleratedFailureCount' | 'toleratedFailurePercentage'>,
  total: number,
): number | undefined {
  const { toleratedFailureCount: count, toleratedFailurePercentage: percentage } = request;
  const share = percentage === undefined ? undefined : Math.floor(shareOf(total, percentage));
  if (count === undefined || share === undefined) return count ?? share;
  return Math.min(count, share);
}

/** The same for the waves of a run, by what was listed at its beginning. */
export function toleratedInRun(
  request: Parameters<typeof toleratedFailures>[0],
  waves: readonly Wave[],
): number | undefined {
  const listed = waves.filter(({ late }) => late !== true);
  return toleratedFailures(
    request,
    listed.reduce((sum, { size }) => sum + size, 0),
  );
}
