import type { Expected } from './expected.ts';
import type { RangeScale } from './range-scale.ts';
import type { RangeScore } from './range-score.ts';
import type { RateBasis } from './rate.ts';
import type { WorkByKind } from './work-by-kind.ts';

/**
 * Format of the files that a forecast and a run keep. It grows when an earlier Fanfold would misread one; files of
 * another format are left unread, as a forecast can do without them.
 */
export const CALIBRATION_FORMAT = 1;

/** The forecast of a tenant as its plan keeps it, so that a run can be compared with it. */
export interface KeptForecast {
  /** Id of the tenant. */
  readonly id: string;
  readonly host: string;
  readonly ms: Expected;
  /** The weakest basis, and what was shown of the range; absent in files of earlier versions. */
  readonly basis?: RateBasis['of'] | undefined;
  readonly scale?: RangeScale | undefined;
  readonly migrations: readonly {
    readonly id: string;
    readonly ms: number;
    readonly work: WorkByKind;
  }[];
}

/** The first line of a kept forecast. */
export interface KeptForecastHead {
  readonly format: number;
  /** Tenants at a time for which it was made. */
  readonly atATime: number;
}

/** A migration of one tenant as it was measured. */
export interface Sample {
  readonly migration: string;
  readonly host: string;
  readonly ms: number;
  readonly work: WorkByKind;
}

/** Expected and taken times of some tenants. */
export interface Comparison {
  readonly tenants: number;
  /** Of these, tenants that took at most a quarter more or less than expected. */
  readonly within: number;
  /** The same, if a quarter of a second does not matter either. */
  readonly near: number;
  /** Tenants whose time was in the range of their forecast; absent for a single migration. */
  readonly inRange?: number | undefined;
  readonly expectedMs: number;
  readonly takenMs: number;
}

/** The times of a run beside its forecast: kept with the run, and the basis of later forecasts. */
export interface Calibration {
  readonly format: number;
  /** The run that was measured. */
  readonly runId: string;
  /** The plan that had forecast it. */
  readonly forecastOf: string;
  /** Tenants at a time. */
  readonly atATime: number;
  /** The migrated tenants that had a forecast, or a sample of them. */
  readonly tenants: Comparison;
  readonly migrations: Readonly<Record<string, Comparison>>;
  readonly samples: readonly Sample[];
  /** Of whole tenants, or a sample of them; absent in files of earlier versions. */
  readonly scores?: readonly RangeScore[] | undefined;
  /** Milliseconds of tenants beside their migrations. */
  readonly aroundMs: readonly { readonly host: string; readonly ms: number }[];
}

/** How far a time may be from the expected one to count as forecast, as a part of the time that it took. */
const WITHIN = 0.25;

/** Milliseconds of which a quarter is forecast well enough: nobody plans by less, and noise is a larger part of it. */
const SHORT_MS = 1_000;

/** Whether a time was forecast as far as it matters. */
export function isNear(expectedMs: number, takenMs: number): boolean {
  return Math.abs(expectedMs - takenMs) <= WITHIN * Math.max(SHORT_MS, takenMs);
}

/** Whether a time was forecast. */
export function isWithin(expectedMs: number, takenMs: number): boolean {
  return Math.abs(expectedMs - takenMs) <= WITHIN * takenMs;
}
