import type { DigestSnapshot } from './statement-digest.ts';

/** Counters of the databases of tenants, by the tenants' ids. */
export type TenantReadings = ReadonlyMap<string, DigestSnapshot>;

/** The readings of a wave's tenants that a watch needs. */
export interface StoredReadings {
  readonly before: TenantReadings;
  /** Empty until the interval has begun. */
  readonly start: TenantReadings;
}

/**
 * Keeps the readings of a watch between the states of a machine. Texts of statements are not kept: those of the last
 * reading are what is shown.
 */
export interface DigestStore {
  /** Keeps the first readings before a wave: the state may be entered again after tenants were migrated. */
  keepBefore(runId: string, wave: number, readings: TenantReadings): Promise<void>;
  /** Replaces the readings at the beginning of the interval. */
  writeStart(runId: string, wave: number, readings: TenantReadings): Promise<void>;
  /** `undefined` if there are none from before the wave. */
  readReadings(runId: string, wave: number): Promise<StoredReadings | undefined>;
}
