import type { Bundle } from '../../../src/core/bundle/bundle.ts';
import { backfill, bundle } from '../../support/migrations.ts';

/** Rows of the table `counted`. */
export const COUNTED_ROWS = 300;

/** A walk that adds 1 to each row: a row that is met twice or never shows. */
export function countingBackfill(walk: number): Bundle {
  return bundle(backfill(`1_walk_${walk}`, { table: 'counted', batch: 20, update: 'n = n + 1' }));
}

/** No rests: they would make the kills fewer. */
export const NO_REST = { pace: () => 1 };
