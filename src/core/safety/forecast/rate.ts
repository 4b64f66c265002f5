import type { RangeScale } from './range-scale.ts';
import type { WorkByKind } from './work-by-kind.ts';
import type { RatedKind } from './work-kind.ts';

/** How long statements of one kind take: a constant, and more with every megabyte. */
export interface Rate {
  /** Milliseconds of a statement on an empty table: round trips, and what the server syncs to disk. */
  readonly constantMs: number;
  /** Milliseconds for each megabyte (10^6 bytes) that the statement goes through, by `StatementForecast.bytes`. */
  readonly msPerMb: number;
  /** Factors between which nine of ten further times are to be, of the time that this rate gives. */
  readonly low: number;
  readonly high: number;
  readonly basis: RateBasis;
}

/** The measurements on which a rate rests. */
export type RateBasis =
  /** None of this fleet: measured once on a developer's machine, so that only the order of magnitude counts. */
  | { readonly of: 'default' }
  /**
   * Earlier runs: so many migrations of tenants, of the same migration, of the same server, or of any.
   * `otherPace`: they ran with another number of tenants at a time.
   */
  | {
      readonly of: 'migration' | 'host' | 'fleet';
      readonly samples: number;
      readonly otherPace?: true | undefined;
    };

/** Finds rates. */
export interface RateBook {
  /**
   * The rate of a kind, on a server if enough was measured there.
   *
   * @param megabytes what a statement goes through: far beyond what was measured the range is wider
   */
  rateOf(kind: RatedKind, host: string | undefined, megabytes: number): Rate;
  /** How long the migration itself took in other tenants; absent if too few of about this size are known. */
  correctionOf(
    migration: string,
    host: string | undefined,
    work: WorkByKind,
  ): Correction | undefined;
  /** Connecting, locks and records of a tenant, beside its migrations. */
  readonly tenantMs: Rate;
  /** How much of the range of a tenant to show, by tenants whose forecasts had this basis; absent if too few are known. */
  scaleOf(basis: RateBasis['of'] | undefined): RangeScale | undefined;
}

/** The time of a migration by that which it took in other tenants. */
export interface Correction {
  /** Milliseconds in a tenant of this size. */
  readonly ms: number;
  readonly low: number;
  readonly high: number;
  readonly basis: RateBasis;
}

const DEFAULT = { low: 0.2, high: 5, basis: { of: 'default' } } as const;

/**
 * Rates without any measurement of the fleet, from `npm run bench -- --only forecast` on two cores (2026): other
 * disks and processors differ several times over, which is what the wide range is for.
 */
export const DEFAULT_RATES: Readonly<Record<RatedKind, Rate>> = {
  constant: { constantMs: 20, msPerMb: 0, ...DEFAULT },
  index: { constantMs: 20, msPerMb: 2.5, ...DEFAULT },
  rebuild: { constantMs: 35, msPerMb: 8, ...DEFAULT },
  copy: { constantMs: 35, msPerMb: 15, ...DEFAULT },
  rows: { constantMs: 10, msPerMb: 14, ...DEFAULT },
  read: { constantMs: 0, msPerMb: 4, ...DEFAULT },
};

/** Tenants at a time with which the usual rates were measured. */
const USUAL_PACE = 2;
/** By how much more tenants at a time slow each other down at most, as far as a guess goes. */
const MOST_CONTENTION = 4;

/**
 * A usual rate for a run with this many tenants at a time. Nobody knows how many processors their servers have: on two
 * of them eight tenants at a time take four times as long each, and on many no longer than one. So the time is the
 * middle of both, by its ratio, and the range reaches to the longer one.
 */
export function usualRate(rate: Rate, atATime: number): Rate {
  const contention = Math.min(MOST_CONTENTION, Math.max(1, atATime / USUAL_PACE));
  const middle = Math.sqrt(contention);
  return {
    ...rate,
    constantMs: rate.constantMs * middle,
    msPerMb: rate.msPerMb * middle,
    low: rate.low / middle,
    high: rate.high * middle,
  };
}

/** Connecting, asking, locks and records, without any measurement. */
export const DEFAULT_TENANT: Rate = { constantMs: 25, msPerMb: 0, ...DEFAULT };
