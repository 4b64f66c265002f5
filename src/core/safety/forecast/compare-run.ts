import { splitMigrationName } from '../../bundle/bundle.ts';
import type { MigratedOutcome, Outcome } from '../../outcome.ts';
import { hashText } from '../../text/hash-text.ts';
import {
  CALIBRATION_FORMAT,
  type Calibration,
  type Comparison,
  isNear,
  isWithin,
  type KeptForecast,
  type Sample,
} from './calibration.ts';
import type { Expected } from './expected.ts';
import { type RangeScore, rangeScore } from './range-score.ts';
import { createTopList } from './top-list.ts';

/** Tenants of a forecast that are compared; of more a sample by their id, the same in every run. */
const MOST_TENANTS = 10_000;
/** Measured migrations that a run keeps. */
const MOST_SAMPLES = 2_000;

/** The run that is compared. */
export interface ComparedRun {
  readonly runId: string;
  readonly forecastOf: string;
  readonly atATime: number;
}

/**
 * Compares what a run took with what was forecast, tenant by tenant; `undefined` if none of its tenants had a
 * forecast. Memory does not grow with the fleet.
 *
 * @param forecasts the newest one of a tenant first
 */
export async function compareRun(
  run: ComparedRun,
  forecasts: AsyncIterable<KeptForecast>,
  outcomes: AsyncIterable<Outcome>,
): Promise<Calibration | undefined> {
  const sampled = createTopList<KeptForecast>(MOST_TENANTS);
  for await (const forecast of forecasts) sampled.add(hashText(forecast.id), forecast);
  // Of several forecasts of a tenant the first one counts.
  const byId = new Map(sampled.items.toReversed().map((forecast) => [forecast.id, forecast]));
  if (byId.size === 0) return undefined;
  const tenants = createComparison();
  const migrations = new Map<string, ReturnType<typeof createComparison>>();
  const samples = createTopList<Sample>(MOST_SAMPLES);
  const scores = createTopList<RangeScore>(MOST_SAMPLES);
  const around = createTopList<Calibration['aroundMs'][number]>(MOST_SAMPLES);

  let ran = 0;
  for await (const outcome of outcomes) {
    if (outcome.tries > 0) ran += 1;
    const forecast = byId.get(outcome.tenant.id);
    if (forecast === undefined || !isMeasured(outcome)) continue;
    const taken = new Map(
      outcome.applied.map(({ name, durationMs }) => [splitMigrationName(name).id, durationMs]),
    );
    for (const { id, ms, work } of forecast.migrations) {
      const takenMs = taken.get(id);
      if (takenMs === undefined) continue;
      const comparison = migrations.get(id) ?? createComparison();
      migrations.set(id, comparison);
      comparison.add(ms, takenMs);
      const { host } = forecast;
      samples.add(hashText(`${forecast.id} ${id}`), { migration: id, host, ms: takenMs, work });
    }
    const sum = [...taken.values()].reduce((all, ms) => all + ms, 0);
    around.add(hashText(forecast.id), {
      host: forecast.host,
      ms: Math.max(0, outcome.durationMs - sum),
    });
    const isWhole =
      taken.size === forecast.migrations.length &&
      forecast.migrations.every(({ id }) => taken.has(id));
    if (!isWhole) continue;
    tenants.add(forecast.ms.likely, outcome.durationMs, forecast.ms);
    const { basis: of, ms, scale } = forecast;
    if (of === undefined) continue;
    const score = rangeScore(ms, outcome.durationMs, scale);
    scores.add(hashText(forecast.id), { of, score });
  }
  if (around.items.length === 0) return undefined;
  return {
    format: CALIBRATION_FORMAT,
    ...run,
    // A run of few tenants cannot have had more of them at a time.
    atATime: Math.max(1, Math.min(run.atATime, ran)),
    tenants: tenants.read(),
    migrations: Object.fromEntries([...migrations].map(([id, one]) => [id, one.read()])),
    samples: samples.items,
    scores: scores.items,
    aroundMs: around.items,
  };
}

/** Retries wait between their attempts, and lists that were cut do not show what took how long. */
function isMeasured(outcome: Outcome): outcome is MigratedOutcome {
  return outcome.status === 'migrated' && outcome.tries === 1 && outcome.leftOut === undefined;
}

function createComparison() {
  const sums = { tenants: 0, within: 0, near: 0, expectedMs: 0, takenMs: 0 };
  let inRange: number | undefined;
  return {
    add(expectedMs: number, takenMs: number, range?: Expected): void {
      sums.tenants += 1;
      if (isNear(expectedMs, takenMs)) sums.near += 1;
      if (range !== undefined) {
        inRange = (inRange ?? 0) + (takenMs >= range.low && takenMs <= range.high ? 1 : 0);
      }
      if (isWithin(expectedMs, takenMs)) sums.within += 1;
      sums.expectedMs += expectedMs;
      sums.takenMs += takenMs;
    },
    read: (): Comparison => ({ ...sums, ...(inRange !== undefined && { inRange }) }),
  };
}
