import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createForecastStore } from '../../../src/adapters/local/forecast-store.ts';
import { createLocalRunStore } from '../../../src/adapters/local/run-store.ts';
import type { KeptForecast } from '../../../src/core/safety/forecast/calibration.ts';
import { parseRunRequest } from '../../../src/core/wire/parse-run-request.ts';
import { calibrationOf, HOST, sample } from '../../core/safety/forecast/forecasting.ts';
import { fixtureFolder } from '../../support/fixture-folder.ts';

const HEAD = { format: 1, atATime: 8 };

async function storeWith(runs: readonly string[]) {
  const folder = await fixtureFolder();
  const store = createLocalRunStore(folder);
  for (const id of runs) {
    const request = parseRunRequest({ command: 'plan' });
    await store.createRun({ id, request, startedAt: '2026-11-30T20:00:00.000Z' });
  }
  const pathOf = (run: string, file: string) => join(folder, 'runs', run, file);
  return { forecasts: createForecastStore(folder), store, pathOf };
}

async function* kept(...ids: string[]): AsyncGenerator<KeptForecast, void, undefined> {
  for (const id of ids) {
    yield { id, host: HOST, ms: { low: 1, likely: 2, high: 3 }, migrations: [] };
  }
}

async function idsOf(forecasts: AsyncIterable<KeptForecast>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of forecasts) ids.push(id);
  return ids;
}

test('forecasts and calibrations are read as they were written, the newest first', async () => {
  const runs = ['20261130-100000-aaaaaa', '20261130-110000-bbbbbb', '20261130-120000-cccccc'];
  const [first = '', second = '', third = ''] = runs;
  const { forecasts } = await storeWith(runs);
  expect(await forecasts.recentForecasts()).toEqual([]);
  expect(await forecasts.readCalibrations()).toEqual([]);
  await forecasts.writeForecast(first, HEAD, kept('a', 'b'));
  await forecasts.writeForecast(second, HEAD, kept('c'));
  expect(await forecasts.recentForecasts()).toEqual([
    { runId: second, head: HEAD },
    { runId: first, head: HEAD },
  ]);
  expect(await idsOf(forecasts.readForecast(first))).toEqual(['a', 'b']);
  const calibration = calibrationOf([sample('m', 1, 20)], { runId: third });
  await forecasts.writeCalibration(calibration);
  expect(await forecasts.readCalibrations()).toEqual([calibration]);
});

test('files that are damaged, old or of another format are as good as none', async () => {
  const runs = ['1-damaged', '2-newer', '3-old', '4-cut', '5-empty'];
  const { forecasts, pathOf } = await storeWith(runs);
  const old = new Date(Date.now() - 8 * 86_400_000);
  await writeFile(pathOf('1-damaged', 'calibration.json'), '{"format":1,');
  await writeFile(pathOf('2-newer', 'calibration.json'), '{"format":99}');
  await writeFile(pathOf('2-newer', 'forecast.jsonl'), '{"format":99}\n');
  await writeFile(pathOf('3-old', 'forecast.jsonl'), '{"format":1,"atATime":8}\n');
  await utimes(pathOf('3-old', 'forecast.jsonl'), old, old);
  await writeFile(
    pathOf('4-cut', 'forecast.jsonl'),
    '{"format":1,"atATime":8}\nnull\n{"id":"a"}\n{"mi',
  );
  await writeFile(pathOf('5-empty', 'forecast.jsonl'), '');
  expect(await forecasts.readCalibrations()).toEqual([]);
  expect((await forecasts.recentForecasts()).map(({ runId }) => runId)).toEqual(['4-cut']);
  expect(await idsOf(forecasts.readForecast('4-cut'))).toEqual([]);
});

test('the files of a forecast do not keep a run from being listed and read', async () => {
  const run = '20261130-100000-aaaaaa';
  const { forecasts, store } = await storeWith([run]);
  await forecasts.writeForecast(run, HEAD, kept('a'));
  await forecasts.writeCalibration(calibrationOf([], { runId: run }));
  expect(await store.listRuns()).toEqual([run]);
  expect((await store.readRun(run)).id).toBe(run);
  expect(await store.listRounds(run)).toEqual([]);
});
