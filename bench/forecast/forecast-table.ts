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
      'or 0.25 s',
      'in range',
      'range',
      'at best',
      'by twin',
      'expected s',
      'taken s',
      'run expected s',
      'run took s',
    ],
    stages.map(({ title, calibration: { tenants }, fleet, atBest, width, byTwin, tookMs }) => [
      title,
      ...cells(tenants, [
        percent(tenants.near / tenants.tenants),
        percent((tenants.inRange ?? 0) / tenants.tenants),
        `x ${width.toFixed(1)}`,
        percent(atBest),
        byTwin === undefined ? '' : percent(byTwin),
      ]),
      seconds(fleet.length.likely),
      seconds(tookMs),
    ]),
  );
}

/** The same for each migration. */
export function migrationTable(stages: readonly ForecastStage[]): string {
  return textTable(
    ['migration', 'tenants', 'within 25 %', 'or 0.25 s', 'expected s', 'taken s'],
    stages.flatMap(({ title, calibration: { migrations } }) =>
      Object.entries(migrations).map(([id, comparison]) => [
        `${title}: ${id.replace(/^\d+_/, '')}`,
        ...cells(comparison, [percent(comparison.near / comparison.tenants)]),
      ]),
    ),
  );
}

function cells(
  { tenants, within, expectedMs, takenMs }: Comparison,
  bounds: readonly string[] = [],
): string[] {
  return [
    String(tenants),
    percent(within / tenants),
    ...bounds,
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
