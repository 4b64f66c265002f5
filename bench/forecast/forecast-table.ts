import type { Comparison } from '../../src/core/safety/forecast/calibration.ts';
import { textTable } from '../text-table.ts';
import type { ForecastStage } from './measure-forecast.ts';

/** How many tenants of each run took what was forecast, within a quarter of the time. */
export function forecastTable(stages: readonly ForecastStage[]): string {
  return textTable(
    [
      'run',
      'tenants',
      'within 25 %',
      'at best',
      'expected s',
      'taken s',
      'run expected s',
      'run took s',
    ],
    stages.map(({ title, calibration: { tenants }, fleet, atBest, tookMs }) => [
      title,
      ...cells(tenants, atBest),
      seconds(fleet.length.likely),
      seconds(tookMs),
    ]),
  );
}

/** The same for each migration. */
export function migrationTable(stages: readonly ForecastStage[]): string {
  return textTable(
    ['migration', 'tenants', 'within 25 %', 'expected s', 'taken s'],
    stages.flatMap(({ title, calibration: { migrations } }) =>
      Object.entries(migrations).map(([id, comparison]) => [
        `${title}: ${id.replace(/^\d+_/, '')}`,
        ...cells(comparison),
      ]),
    ),
  );
}

function cells({ tenants, within, expectedMs, takenMs }: Comparison, atBest?: number): string[] {
  return [
    String(tenants),
    percent(within / tenants),
    ...(atBest === undefined ? [] : [percent(atBest)]),
    seconds(expectedMs),
    seconds(takenMs),
  ];
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}

function percent(part: number): string {
  return `${Math.round(100 * part)} %`;
}
