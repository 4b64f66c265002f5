import type { WorkKind } from './work-kind.ts';

/** How long statements of one kind take: a constant, and more with every megabyte. */
export interface Rate {
  /** Milliseconds of a statement on an empty table: round trips, and what the server syncs to disk. */
  readonly constantMs: number;
  /** Milliseconds for each megabyte (10^6 bytes) that the statement goes through, by `StatementForecast.bytes`. */
  readonly msPerMb: number;
  /** Factors between which four of five measured times were, of the time that this rate gives. */
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
  rateOf(kind: WorkKind, host: string | undefined, megabytes: number): Rate;
  /** How long the migration itself took in other tenants; absent if too few of about this size are known. */
  correctionOf(
    migration: string,
    host: string | undefined,
    megabytes: number,
  ): Correction | undefined;
  /** Connecting, locks and records of a tenant, beside its migrations. */
  readonly tenantMs: Rate;
}

/** Turns the time that the rates of the kinds give for a migration into its own. */
export interface Correction {
  /** Milliseconds of its own, for which the constants of the kinds do not count. */
  readonly constantMs: number;
  /** Factor of the time that grows with the size. */
  readonly factor: number;
  readonly low: number;
  readonly high: number;
  readonly basis: RateBasis;
}

const DEFAULT = { low: 0.2, high: 5, basis: { of: 'default' } } as const;

/**
 * Rates without any measurement of the fleet, from `npm run bench -- --only forecast` on two cores (2026): other
 * disks and processors differ several times over, which is what the wide range is for.
 */
export const DEFAULT_RATES: Readonly<Record<WorkKind, Rate>> = {
  constant: { constantMs: 30, msPerMb: 0, ...DEFAULT },
  index: { constantMs: 40, msPerMb: 5, ...DEFAULT },
  rebuild: { constantMs: 80, msPerMb: 15, ...DEFAULT },
  copy: { constantMs: 80, msPerMb: 35, ...DEFAULT },
  rows: { constantMs: 20, msPerMb: 30, ...DEFAULT },
};

/** Connecting, asking, locks and records, without any measurement. */
export const DEFAULT_TENANT: Rate = { constantMs: 60, msPerMb: 0, ...DEFAULT };
