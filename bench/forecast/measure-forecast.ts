import { randomBytes, randomUUID } from 'node:crypto';
import { createForecastStore } from '../../src/adapters/local/forecast-store.ts';
import { createLocalRunStore } from '../../src/adapters/local/run-store.ts';
import { systemClock } from '../../src/adapters/local/system-clock.ts';
import { createTlsChooser } from '../../src/adapters/mysql/connection/tls.ts';
import { createReadTenantFacts } from '../../src/adapters/mysql/read-tenant-facts.ts';
import { createTenantDatabases } from '../../src/adapters/mysql/tenant-databases.ts';
import { renderHtmlReport } from '../../src/adapters/report/html-report.ts';
import { compareWithForecast } from '../../src/cli/runs/compare-with-forecast.ts';
import { encryptPasswordV1 } from '../../src/core/encryption/encrypt-password-v1.ts';
import { EncryptionKey } from '../../src/core/encryption/encryption-key.ts';
import { fixedKeyRing } from '../../src/core/encryption/key-ring.ts';
import { createPasswordOpener } from '../../src/core/encryption/password-opener.ts';
import { type RunResult, runFanOut } from '../../src/core/in-process/run-fan-out.ts';
import { createMigrateTenant } from '../../src/core/migrate/migrate-tenant.ts';
import { median } from '../../src/core/pace/median.ts';
import { everyOutcome } from '../../src/core/reduce/every-outcome.ts';
import {
  CALIBRATION_FORMAT,
  type Calibration,
  isWithin,
  type KeptForecast,
} from '../../src/core/safety/forecast/calibration.ts';
import { createReadFacts } from '../../src/core/safety/forecast/create-read-facts.ts';
import type { FleetForecast } from '../../src/core/safety/forecast/fleet-forecast.ts';
import { forecastFleet } from '../../src/core/safety/forecast/forecast-fleet.ts';
import { learnRates } from '../../src/core/safety/forecast/learn-rates.ts';
import type { RateBook } from '../../src/core/safety/forecast/rate.ts';
import { recordedWork } from '../../src/core/safety/forecast/recorded-work.ts';
import { parseRunRequest } from '../../src/core/wire/parse-run-request.ts';
import { createMemoryDirectory } from '../memory-directory.ts';
import { createDatabases, dropUsers, PREFIX } from '../scratch-databases.ts';
import type { ServerLogin } from '../server-login.ts';
import type { TenantMigration } from '../tenant-migrations.ts';
import { bundleOf, createTenantFactory } from '../ways/fanfold.ts';
import { fillTables } from './fill-tables.ts';
import { CREATE, FIRST, SECOND } from './forecast-migrations.ts';
import { recordOnScratch } from './record-on-scratch.ts';

/** One run beside its forecast. */
export interface ForecastStage {
  readonly title: string;
  readonly fleet: FleetForecast;
  readonly calibration: Calibration;
  /** Part of the tenants that rates learned from this very run would have forecast: how predictable it was. */
  readonly atBest: number;
  /** The median quotient of the ends of a tenant's range: a range that is wide enough holds everything. */
  readonly width: number;
  /**
   * Part of the tenants for which the time of a tenant with the same sizes in an earlier run would have been right:
   * what no forecast can do better by much, whatever its model. Absent if no earlier run had such tenants.
   */
  readonly byTwin?: number | undefined;
  /** Milliseconds of the whole run. */
  readonly tookMs: number;
}

export interface ForecastOptions {
  readonly tenants: number;
  readonly rows: number;
  readonly concurrency: number;
  readonly folder: string;
  readonly signal: AbortSignal;
}

/**
 * Forecasts four runs and runs them: with usual rates; the same migrations on another fleet, whose tenants have the same
 * sizes; and other migrations of the same kinds on another table, on both fleets. Everything is as the command line does
 * it, but for the list of tenants.
 */
export async function measureForecast(
  login: ServerLogin,
  { tenants, rows, concurrency, folder, signal }: ForecastOptions,
): Promise<ForecastStage[]> {
  const fleets = ['one', 'two'].map((fleet) =>
    Array.from({ length: tenants }, (_, index) => `${PREFIX}forecast_${fleet}_${index}`),
  );
  const [one = [], two = []] = fleets;
  await createDatabases(login, fleets.flat(), signal);
  const runs = createRuns(login, concurrency, folder, signal);
  await runs.migrate(fleets.flat(), CREATE);
  console.error('forecast: filling tables');
  await fillTables(login, fleets, rows, signal);

  const stage = async (
    title: string,
    databases: readonly string[],
    migrations: readonly TenantMigration[],
    twins?: Pick<MeasuredStage, 'takenMs'>,
  ): Promise<MeasuredStage> => {
    console.error(`forecast: ${title}`);
    const fleet = await runs.forecast(databases, migrations);
    const startedAt = performance.now();
    const result = await runs.migrate(databases, migrations);
    const tookMs = performance.now() - startedAt;
    const calibration = await runs.compare(result);
    if (calibration === undefined) throw new Error('Nothing was forecast.');
    const taken = await runs.takenMs(calibration.runId);
    const takenMs = databases.map((name, at) => taken.get(runs.idOf(name, at)) ?? 0);
    return {
      ...{ title, fleet, calibration, tookMs, takenMs },
      atBest: await runs.atBest(calibration, taken),
      width: await runs.width(calibration.forecastOf),
      byTwin: twins && withinOf(twins.takenMs, takenMs),
    };
  };
  try {
    const both = [...CREATE, ...FIRST];
    const first = await stage('usual rates', one, both);
    const same = await stage('the same migrations elsewhere', two, both, first);
    const other = await stage('the same kinds on another table', one, [...both, ...SECOND]);
    const last = await stage('those elsewhere', two, [...both, ...SECOND], other);
    return [first, same, other, last];
  } finally {
    await dropUsers(login);
  }
}

interface MeasuredStage extends ForecastStage {
  /** Of each tenant, in the order of their sizes. */
  readonly takenMs: readonly number[];
}

/** Part of the times that were expected within a quarter. */
function withinOf(expectedMs: readonly number[], takenMs: readonly number[]): number {
  const within = takenMs.filter((taken, index) => isWithin(expectedMs[index] ?? 0, taken));
  return within.length / takenMs.length;
}

/** Plans, forecasts and runs a fleet as the command line does. */
function createRuns(login: ServerLogin, concurrency: number, folder: string, signal: AbortSignal) {
  const key = new EncryptionKey(randomBytes(32));
  const tenantOf = createTenantFactory(login, encryptPasswordV1(key, login.password));
  const connecting = { connectTimeoutMs: 10_000, tls: createTlsChooser({ mode: 'off' }) };
  const passwords = createPasswordOpener(
    fixedKeyRing({ active: 'k1', v1: 'k1', keys: new Map([['k1', key]]) }),
  );
  const store = createLocalRunStore(folder);
  const forecasts = createForecastStore(folder);
  const databases = createTenantDatabases(connecting);
  const dependencies = {
    store,
    attemptTenant: createMigrateTenant({ databases, passwords }),
    report: () => {},
    renderReport: renderHtmlReport,
    clock: systemClock,
    random: Math.random,
  };

  const run = async (
    names: readonly string[],
    migrations: readonly TenantMigration[],
    command: 'plan' | 'migrate',
  ): Promise<RunResult> => {
    signal.throwIfAborted();
    const directory = createMemoryDirectory(names.map(tenantOf));
    const request = parseRunRequest({ command, maxConcurrency: concurrency });
    // Ids of runs begin with the time, by which the newest forecast is found.
    const id = `${new Date().toISOString().replaceAll(/\W/g, '')}-${randomUUID().slice(0, 6)}`;
    const fanOut = { id, request, bundle: bundleOf({ migrations }) };
    const result = await runFanOut(fanOut, { ...dependencies, directory }, signal);
    signal.throwIfAborted();
    if (result.error !== undefined) throw result.error;
    if (result.summary.counts.failed > 0) throw new Error(JSON.stringify(result.summary.failures));
    return result;
  };

  return {
    migrate: (names: readonly string[], migrations: readonly TenantMigration[]) =>
      run(names, migrations, 'migrate'),
    compare: (result: RunResult) => compareWithForecast(store, forecasts, result, concurrency),
    idOf: (name: string, index: number) => tenantOf(name, index).id,
    async takenMs(runId: string): Promise<ReadonlyMap<string, number>> {
      const { waves } = await store.readState(runId);
      const taken = new Map<string, number>();
      for await (const { tenant, durationMs } of everyOutcome(store, runId, waves, 'unknown')) {
        taken.set(tenant.id, durationMs);
      }
      return taken;
    },
    async width(plan: string): Promise<number> {
      const widths: number[] = [];
      for await (const { ms } of forecasts.readForecast(plan)) {
        widths.push(ms.high / Math.max(1, ms.low));
      }
      return median(widths) ?? 1;
    },
    async atBest(calibration: Calibration, taken: ReadonlyMap<string, number>): Promise<number> {
      const rates = learnRates([calibration], concurrency);
      const expected: number[] = [];
      const own: number[] = [];
      for await (const { id, host, migrations } of forecasts.readForecast(calibration.forecastOf)) {
        expected.push(rates.tenantMs.constantMs + sumOf(migrations, host, rates));
        own.push(taken.get(id) ?? 0);
      }
      return withinOf(expected, own);
    },
    async forecast(
      names: readonly string[],
      migrations: readonly TenantMigration[],
    ): Promise<FleetForecast> {
      const { runId, state } = await run(names, migrations, 'plan');
      const recording = await recordOnScratch(login, bundleOf({ migrations }), connecting);
      const { kept, fleet } = forecastFleet(
        everyOutcome(store, runId, state.waves, 'unknown'),
        {
          works: recordedWork(recording),
          rates: learnRates(await forecasts.readCalibrations(), concurrency),
          atATime: concurrency,
        },
        {
          directory: createMemoryDirectory(names.map(tenantOf)),
          readFacts: createReadFacts({ read: createReadTenantFacts(connecting), passwords }),
          onTenant: () => {},
          onUnread: (tenant, failure) => {
            throw new Error(`${tenant.name}: ${failure.message}`);
          },
        },
      );
      await forecasts.writeForecast(
        runId,
        { format: CALIBRATION_FORMAT, atATime: concurrency },
        kept,
      );
      return fleet();
    },
  };
}

/** The time of a tenant's migrations by rates that know them all. */
function sumOf(migrations: KeptForecast['migrations'], host: string, rates: RateBook): number {
  return migrations.reduce(
    (sum, { id, work }) => sum + (rates.correctionOf(id, host, work)?.ms ?? 0),
    0,
  );
}
