import { DEFAULT_RATES } from './rate.ts';
import type { WorkByKind } from './work-by-kind.ts';
import { type RatedKind, WORK_KINDS } from './work-kind.ts';

/** A migration as it ran: its work and its time. */
export interface MeasuredWork {
  readonly work: WorkByKind;
  readonly ms: number;
}

/** Milliseconds of a statement, and of each megabyte. */
export interface FittedRate {
  readonly constantMs: number;
  readonly msPerMb: number;
}

const ROUNDS = 15;
const SWEEPS = 60;
/** Below this relative distance a time counts in full, so that no single one draws the rates to itself. */
const NEAR = 0.05;
/**
 * How much the usual rates count, as a part of one measured migration: they decide only what measurements leave open,
 * such as the shares of two kinds that never came alone.
 */
const USUAL = 0.01;

const RATED: readonly RatedKind[] = [...WORK_KINDS, 'read'];

/** The unknown times. */
const UNKNOWNS = RATED.flatMap((kind) => {
  const { constantMs, msPerMb } = DEFAULT_RATES[kind];
  return [
    { kind, each: 'statement' as const, usual: constantMs },
    { kind, each: 'megabyte' as const, usual: msPerMb },
    // The others are always 0: a constant kind has no size, and reading no statement.
  ].filter(({ usual }) => usual > 0);
});

function amountsOf(work: WorkByKind): number[] {
  return UNKNOWNS.map(({ kind, each }) => {
    const { statements = 0, bytes = 0 } = work[kind] ?? {};
    return each === 'statement' ? statements : bytes / 1_000_000;
  });
}

/**
 * The rates of all kinds at once from migrations that may have statements of several kinds: those with the least sum
 * of *relative* distances, none of them negative. Relative distances, because 1 s more matters for a table of 2 s and
 * not for one of an hour; their sum and not that of their squares, because a tenant that waited for a lock would
 * otherwise draw the rates to itself.
 */
export function fitRates(
  measured: readonly MeasuredWork[],
): Readonly<Record<RatedKind, FittedRate>> {
  // Times are whole milliseconds, and a relative distance needs one that is not 0.
  const rows = measured.map(({ work, ms }) => {
    const taken = Math.max(1, ms);
    return amountsOf(work).map((amount) => amount / taken);
  });
  let values = UNKNOWNS.map(({ usual }) => usual);
  let weights = rows.map(() => 1);
  for (let round = 0; round < ROUNDS; round += 1) {
    values = leastSquares(rows, weights, values);
    weights = rows.map((row) => 1 / Math.max(NEAR, Math.abs(dot(row, values) - 1)));
  }
  const found = (kind: RatedKind, of: 'statement' | 'megabyte') =>
    values[UNKNOWNS.findIndex((one) => one.kind === kind && one.each === of)] ?? 0;
  return Object.fromEntries(
    RATED.map((kind) => [
      kind,
      { constantMs: found(kind, 'statement'), msPerMb: found(kind, 'megabyte') },
    ]),
  ) as Record<RatedKind, FittedRate>;
}

/** The non-negative values with the least weighted sum of squares of `row · values - 1`, one after the other. */
function leastSquares(
  rows: readonly (readonly number[])[],
  weights: readonly number[],
  start: readonly number[],
): number[] {
  const size = UNKNOWNS.length;
  const products = UNKNOWNS.map(() => new Array<number>(size).fill(0));
  const sums = new Array<number>(size).fill(0);
  for (const [place, row] of rows.entries()) {
    const weight = weights[place] ?? 1;
    for (const [one, value] of row.entries()) {
      if (value === 0) continue;
      sums[one] = (sums[one] ?? 0) + weight * value;
      const line = products[one] ?? [];
      for (const [other, second] of row.entries()) {
        line[other] = (line[other] ?? 0) + weight * value * second;
      }
    }
  }
  const values = [...start];
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (const [one, { usual }] of UNKNOWNS.entries()) {
      const line = products[one] ?? [];
      const pull = USUAL / usual ** 2;
      const own = (line[one] ?? 0) + pull;
      const rest = (sums[one] ?? 0) + pull * usual - dot(line, values) - pull * (values[one] ?? 0);
      values[one] = Math.max(0, (values[one] ?? 0) + rest / own);
    }
  }
  return values;
}

function dot(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
}
