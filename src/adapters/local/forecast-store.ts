import { readdir, readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isRunId } from '../../core/run/run-id.ts';
import {
  CALIBRATION_FORMAT,
  type Calibration,
  type KeptForecast,
  type KeptForecastHead,
} from '../../core/safety/forecast/calibration.ts';
import type { ForecastStore, StoredForecast } from '../../core/safety/forecast/forecast-store.ts';
import { readLines, writeJsonLines } from './json-lines.ts';
import { runFiles, runsFolder } from './run-files.ts';
import { isMissing, unreadable, unwritable } from './run-store-error.ts';
import { writeWhole } from './write-whole.ts';

/** Runs that are looked at, the newest first; ids begin with the time. */
const MOST_RUNS = 200;
/** Calibrations on which rates rest: older ones were measured on other servers, or other tables. */
const MOST_CALIBRATIONS = 10;
/** Plans of some tenants may follow one of the fleet. */
const MOST_FORECASTS = 5;
/** Tables grow, so that an old forecast does not show what was measured. In milliseconds. */
const OLDEST_FORECAST = 7 * 86_400_000;

/** Keeps forecasts and what runs took in the folders of the runs. */
export function createForecastStore(folder: string): ForecastStore {
  const root = resolve(folder);
  const of = (runId: string) => runFiles(root, runId);

  const writing = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      throw unwritable(folder, error);
    }
  };

  const newestRuns = async (): Promise<string[]> => {
    try {
      const names = await readdir(runsFolder(root));
      return names.filter(isRunId).sort().reverse().slice(0, MOST_RUNS);
    } catch (error) {
      if (isMissing(error)) return [];
      throw unreadable(folder, error);
    }
  };

  return {
    writeForecast: (runId, head, forecasts) =>
      writing(() =>
        writeWhole(of(runId).forecast, async (file) => {
          await writeJsonLines(file, linesOf(head, forecasts));
        }),
      ),

    async recentForecasts() {
      const found: StoredForecast[] = [];
      for (const runId of await newestRuns()) {
        const path = of(runId).forecast;
        const age = await ageOf(path);
        if (age === undefined) continue;
        if (age > OLDEST_FORECAST || found.length === MOST_FORECASTS) break;
        const head = await headOf(path);
        if (head?.format === CALIBRATION_FORMAT) found.push({ runId, head });
      }
      return found;
    },

    async *readForecast(runId) {
      let isHead = true;
      for await (const line of readLines(of(runId).forecast)) {
        const value = parsed<KeptForecast>(line);
        if (!isHead && Array.isArray(value?.migrations)) yield value;
        isHead = false;
      }
    },

    writeCalibration: (calibration) =>
      writing(() =>
        writeWhole(of(calibration.runId).calibration, (file) =>
          file.writeFile(`${JSON.stringify(calibration)}\n`),
        ),
      ),

    async readCalibrations() {
      const found: Calibration[] = [];
      for (const runId of await newestRuns()) {
        const text = await readFile(of(runId).calibration, 'utf8').catch(() => undefined);
        const calibration = text === undefined ? undefined : parsed<Calibration>(text);
        if (calibration?.format === CALIBRATION_FORMAT) found.push(calibration);
        if (found.length === MOST_CALIBRATIONS) break;
      }
      return found;
    },
  };
}

async function* linesOf(
  head: KeptForecastHead,
  forecasts: AsyncIterable<KeptForecast>,
): AsyncGenerator<unknown, void, undefined> {
  yield head;
  yield* forecasts;
}

async function ageOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? undefined : Date.now() - found.mtimeMs;
}

async function headOf(path: string): Promise<KeptForecastHead | undefined> {
  for await (const line of readLines(path)) return parsed<KeptForecastHead>(line);
  return undefined;
}

/** A file that another program has changed, or a crash has cut, is as good as none. */
function parsed<Value>(text: string): Value | undefined {
  try {
    return (JSON.parse(text) as Value | null) ?? undefined;
  } catch {
    return undefined;
  }
}
