import type { RunResult } from '../../core/in-process/run-fan-out.ts';
import { everyOutcome } from '../../core/reduce/every-outcome.ts';
import type { RunStore } from '../../core/run-store.ts';
import type { Calibration, KeptForecast } from '../../core/safety/forecast/calibration.ts';
import { compareRun } from '../../core/safety/forecast/compare-run.ts';
import type { ForecastStore, StoredForecast } from '../../core/safety/forecast/forecast-store.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatDuration } from '../../core/wording/format-duration.ts';

/**
 * Compares what a run took with the newest forecast of each tenant in these days, and keeps that beside the run: the
 * next forecast rests on it. `undefined` if none of its tenants had a forecast.
 */
export async function compareWithForecast(
  store: RunStore,
  forecasts: ForecastStore,
  { runId, state }: Pick<RunResult, 'runId' | 'state'>,
  atATime: number,
): Promise<Calibration | undefined> {
  const recent = await forecasts.recentForecasts();
  const [newest] = recent;
  if (newest === undefined) return undefined;
  const calibration = await compareRun(
    { runId, forecastOf: newest.runId, atATime },
    everyForecast(forecasts, recent),
    everyOutcome(store, runId, state.waves, 'unknown'),
  );
  if (calibration !== undefined) await forecasts.writeCalibration(calibration);
  return calibration;
}

async function* everyForecast(
  forecasts: ForecastStore,
  recent: readonly StoredForecast[],
): AsyncGenerator<KeptForecast, void, undefined> {
  for (const { runId } of recent) yield* forecasts.readForecast(runId);
}

/** The comparison in a sentence; `undefined` if no tenant was forecast as a whole. */
export function comparisonWords({ tenants }: Calibration): string | undefined {
  const { tenants: count, within, inRange = 0, expectedMs, takenMs } = tenants;
  if (count === 0) return undefined;
  return `Forecast: ${countOf(count, 'tenant')} took ${formatDuration(takenMs)} altogether, and ${formatDuration(expectedMs)} were expected; ${within} within a quarter of their own time, ${inRange} within their range.`;
}
