import type { Calibration, KeptForecast, KeptForecastHead } from './calibration.ts';

/** A forecast that a plan has kept. */
export interface StoredForecast {
  /** Id of the plan. */
  readonly runId: string;
  readonly head: KeptForecastHead;
}

/**
 * Keeps forecasts beside the plans that made them, and what runs took beside those. Throws as a run store does.
 * Files of another format, and those that cannot be read, are passed over: a forecast can do without them.
 */
export interface ForecastStore {
  writeForecast(
    runId: string,
    head: KeptForecastHead,
    forecasts: AsyncIterable<KeptForecast>,
  ): Promise<void>;
  /** Those of the last days, the newest first. */
  recentForecasts(): Promise<StoredForecast[]>;
  readForecast(runId: string): AsyncIterable<KeptForecast>;
  writeCalibration(calibration: Calibration): Promise<void>;
  /** Those of the newest runs. */
  readCalibrations(): Promise<Calibration[]>;
}
