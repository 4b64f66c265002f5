import type { RunResult } from '../core/in-process/run-fan-out.ts';
import { atATime } from '../core/pace/at-a-time.ts';
import { FIRST_PACE } from '../core/pace/auto-pace.ts';
import { everyOutcome } from '../core/reduce/every-outcome.ts';
import { CALIBRATION_FORMAT } from '../core/safety/forecast/calibration.ts';
import { forecastFleet } from '../core/safety/forecast/forecast-fleet.ts';
import type { TenantForecast } from '../core/safety/forecast/forecast-tenant.ts';
import { learnRates } from '../core/safety/forecast/learn-rates.ts';
import { recordedWork } from '../core/safety/forecast/recorded-work.ts';
import type { Recording } from '../core/safety/recording.ts';
import type { App } from './app.ts';
import { EXIT } from './exit-codes.ts';
import { usingInterruption } from './interruption.ts';
import type { RunStoreOptions, SetupOptions } from './options/setup-options.ts';
import { forecastLines } from './output/forecast-lines.ts';
import { forecastTenantLines } from './output/forecast-tenant-lines.ts';
import { jsonLine } from './output/json-line.ts';
import { printable } from './output/printable.ts';
import type { Screen } from './output/screen.ts';
import type { CentralWiring } from './wiring/wire-central.ts';
import type { ForecastWiring } from './wiring/wire-forecast.ts';
import type { ProcessWiring } from './wiring/wire-process.ts';
import type { RunsWiring } from './wiring/wire-runs.ts';

/** The groups of the wiring that a forecast takes. */
export type PlanForecastWiring = CentralWiring & ForecastWiring & ProcessWiring & RunsWiring;

interface Options extends SetupOptions, RunStoreOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** Tenants up to this number are shown one by one, as in a plan. */
const SMALL_PLAN = 10;

/** Forecasts the tenants of a plan, shows the forecast and keeps it with the plan. */
export async function planForecast(
  app: App<PlanForecastWiring>,
  options: Options,
  { runId, summary, state }: RunResult,
  recording: Recording,
  screen: Screen,
): Promise<number> {
  const { wiring, host } = app;
  const { json = false, verbose = false } = options;
  const store = await wiring.runStore(options);
  const kept = await wiring.forecastStore(options);
  const readFacts = await wiring.readFacts(options);
  const calibrations = await kept.readCalibrations();
  const { request } = await store.readRun(runId);
  // The pace that the last run has found is the best guess at that of the next one, if it had tenants enough to find one.
  const last = calibrations.find((run) => run.aroundMs.length > run.atATime);
  const pace = atATime(request, last?.atATime ?? FIRST_PACE);
  const rates = learnRates(calibrations, pace);
  const isListed = verbose || summary.total <= SMALL_PLAN;
  const show = (forecast: TenantForecast) => {
    if (json) screen.print([jsonLine({ type: 'tenant-forecast', runId, ...forecast })]);
    else if (isListed) screen.print(['', ...forecastTenantLines(forecast, screen.out)]);
  };
  return usingInterruption({ host, screen, wiring, whenLeft: 'Nothing was changed.' }, (signal) =>
    wiring.usingCentral(options, async ({ directory }) => {
      const outcomes = everyOutcome(store, runId, state.waves, 'unknown');
      const forecasts = forecastFleet(
        outcomes,
        { works: recordedWork(recording), rates, atATime: pace },
        {
          directory,
          readFacts,
          onTenant: show,
          onUnread: (tenant, failure) => {
            if (json) screen.print([jsonLine({ type: 'tenant-unread', runId, tenant, failure })]);
            else screen.warn(`${tenant.name}: no forecast: ${failure.message}`);
          },
        },
        signal,
      );
      await kept.writeForecast(
        runId,
        { format: CALIBRATION_FORMAT, atATime: pace },
        forecasts.kept,
      );
      if (signal.aborted) return EXIT.interrupted;
      const fleet = forecasts.fleet();
      const { product, version } = recording.server;
      if (json) screen.print([jsonLine({ type: 'fleet-forecast', runId, ...fleet })]);
      else screen.print(forecastLines(fleet, `${product} ${version}`, screen.out));
      if (!json && recording.failure !== undefined) {
        const { migration = 'The scratch database', message } = recording.failure;
        screen.warn(printable(`${migration} failed on the scratch server: ${message}`));
      }
      return fleet.failing.tenants > 0 || fleet.unread > 0 ? EXIT.failed : EXIT.ok;
    }),
  );
}
